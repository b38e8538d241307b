/* admit - the tokens of a signalling server, and what may be done with them.
 *
 *     TOKEN WORDS
 *
 * one a line, '#' begins a comment line. The words are host=ID,... and join=ID,...:
 * which hosts its bearer may be, and which it may call; an ID of `*` is any. With one
 * of the words alone the other is nothing; without both, everything is allowed.
 */
#ifndef NAT_WIRE_ADMIT_H
#define NAT_WIRE_ADMIT_H

#include "base/opt.h"

struct admit {
	struct bytes token;
	struct bytes host, join; /* p NULL: the word is not there */
};

/* All that is wrong with a file, said with its lines; how many tokens it has. */
uint32_t admit_check(struct bytes text, bool weak, struct diag *d);

/* The next line from *at on, which is 0 at first; false at the end. Slices are of
 * text, which admit_check has found good.
 */
bool admit_next(struct admit *a, struct bytes text, size_t *at);

bool admit_hosts(const struct admit *a, struct bytes id);
bool admit_joins(const struct admit *a, struct bytes id);

#endif
