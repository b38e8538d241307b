/* utf8 - is text UTF-8 (RFC 3629 4)? No overlong forms, no surrogates, nothing beyond
 * U+10FFFF. Of text that arrives bit by bit, says no at the first byte that cannot
 * go on.
 */
#ifndef NAT_BASE_UTF8_H
#define NAT_BASE_UTF8_H

#include "base/span.h"

struct utf8 {                /* zeroed at first; fields are private to utf8.c */
	uint8_t more;        /* bytes that the character at hand lacks, */
	uint8_t first, last; /* of which the next one is within these */
};

/* False: it is none. */
bool utf8_hear(struct utf8 *u, struct bytes text);

/* Does no character lack bytes? */
static inline bool utf8_whole(const struct utf8 *u)
{
	return u->more == 0;
}

/* Bytes of the character that b (not empty) starts with; 0 when it is none. */
size_t utf8_size(struct bytes b);

/* All of it? */
bool utf8_good(struct bytes b);

#endif
