/* wycheproof - reads Project Wycheproof's JSON in the order in which it stands:
 * members of groups, then of their tests. Only strings and numbers are told.
 */
#ifndef NAT_T_UNIT_WYCHEPROOF_H
#define NAT_T_UNIT_WYCHEPROOF_H

#include "unit.h"

enum { WYCHE_ROOM = 40000 };

struct wyche {
	struct span file;
	struct bytes left;
	char key[64], value[WYCHE_ROOM]; /* of the member read last */
	unsigned tests;
};

/* The file of that name; absent: the test is skipped. */
static inline struct wyche wyche_open(const char *name)
{
	char path[128];
	struct wyche w = { .tests = 0 };

	snprintf(path, sizeof path, "../shared/vectors/wycheproof/%s", name);
	if (access(path, R_OK) != 0)
		print_message("skipped: no %s\n", path);
	w.file = unit_file(path);
	w.left = bytes_in(w.file);
	return w;
}

static inline void wyche_close(struct wyche *w, unsigned tests)
{
	assert_int_equal(w->tests, tests);
	free(w->file.p);
}

/* What stands before the next stop, which is passed over. */
static inline bool wyche_to(struct wyche *w, char stop, char *to, size_t n)
{
	const uint8_t *end =
		w->left.n ? memchr(w->left.p, stop, w->left.n) : NULL;
	size_t len = end ? (size_t)(end - w->left.p) : 0;

	if (!end)
		return false;
	if (to) {
		len = min_size(len, n - 1);
		memcpy(to, w->left.p, len);
		to[len] = 0;
	}
	w->left = bytes_tail(w->left, (size_t)(end - w->left.p) + 1);
	return true;
}

/* The next member whose value is a string or a number. */
static inline bool wyche_next(struct wyche *w)
{
	for (;;) {
		if (!wyche_to(w, '"', NULL, 0) ||
		    !wyche_to(w, '"', w->key, sizeof w->key))
			return false;
		if (w->left.n < 3 || w->left.p[0] != ':')
			continue; /* an element of a list */
		w->left = bytes_tail(w->left, w->left.p[1] == ' ' ? 2 : 1);
		if (w->left.p[0] == '"') {
			w->left = bytes_tail(w->left, 1);
			return wyche_to(w, '"', w->value, sizeof w->value);
		}
		if (w->left.p[0] == '{' || w->left.p[0] == '[')
			continue;
		return wyche_to(w, ',', w->value, sizeof w->value);
	}
}

static inline bool wyche_is(const struct wyche *w, const char *key)
{
	return strcmp(w->key, key) == 0;
}

/* The value as hex. */
static inline struct bytes wyche_hex(const struct wyche *w, struct span to)
{
	return unit_hex(to, w->value);
}

#endif
