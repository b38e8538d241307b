/* uci - reads OpenWrt's configuration syntax, a line at a time, in place.
 *
 *     config TYPE ['NAME']
 *             option KEY 'VALUE'
 *             list KEY 'VALUE'
 *
 * Words may be bare, 'single' (all literal) or "double" (\ quotes the next
 * character) and pieces may touch, as in the shell; # starts a comment at the
 * start of a word. `package NAME` is accepted and means nothing.
 */
#ifndef NAT_BASE_UCI_H
#define NAT_BASE_UCI_H

#include "base/err.h"
#include "base/fmt.h"

enum uci_kind { UCI_END, UCI_CONFIG, UCI_OPTION, UCI_LIST };

struct uci_line {
	enum uci_kind kind;
	unsigned number;          /* of the line in the file, from 1 */
	const char *name, *value; /* TYPE NAME (or ""), KEY VALUE; lent */
};

struct uci { /* fields are private to uci.c */
	char *at, *end;
	unsigned number;
};

/* text is changed while reading: text.n bytes and one more to write a NUL to. */
void uci_init(struct uci *u, struct span text);

/* 0 with the next line; UCI_END at the end. -NAT_ECONF: the line is wrong, *why
 * says how, out->number where; reading may go on with the next line.
 */
MUST_USE int uci_next(struct uci *u, struct uci_line *out, const char **why);

/* 'value' quoted so that uci_next reads it back, ' within as '\''. */
void uci_quote(struct fmt *f, struct bytes value);

#endif
