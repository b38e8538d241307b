/* yaml - reads the part of YAML that configurations of natpass are written in, a
 * line at a time, in place; what is not of that part is refused, not guessed at.
 *
 *     key: value          maps, indented by spaces
 *     rules:
 *       - name: web       lists, whose items are values or maps
 *         env:
 *         - TERM=xterm    as deep as their key, too
 *
 * Values are plain, 'single' ('' is ') or "double" (\" \\ \t \n); # begins a
 * comment at the start of a line or behind a blank. `---` may stand first. No flow
 * ([a, b]), anchors, tags, texts of several lines, keys in quotes.
 */
#ifndef NAT_WIRE_YAML_H
#define NAT_WIRE_YAML_H

#include "base/err.h"
#include "base/span.h"

enum { YAML_DEPTH = 8 };

struct yaml_level {
	struct bytes key; /* p NULL: it is a list */
	uint32_t item;    /* of a list, from 0 */
	size_t column;
};

struct yaml { /* levels: where it is, from the outermost; the rest is private */
	char *at, *end;
	unsigned line; /* from 1 */
	unsigned depth;
	struct yaml_level levels[YAML_DEPTH];
	struct bytes value; /* of the innermost */
	bool open;          /* it has none, so that others may follow below */
	size_t column;
};

/* text is changed while reading. */
void yaml_init(struct yaml *y, struct span text);

/* 1: the next value, or key without one, is at y->levels; lent as long as the text.
 * 0: that was all. -NAT_ECONF: *why, at y->line, and nothing can be read on.
 */
MUST_USE int yaml_next(struct yaml *y, const char **why);

/* Is it there, path being "rules.*.name"? */
bool yaml_is(const struct yaml *y, const char *path);

#endif
