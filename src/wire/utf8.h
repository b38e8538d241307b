/* utf8 - is text that arrives bit by bit UTF-8 (RFC 3629 4)? Says no at the first
 * byte that cannot go on; no overlong forms, no surrogates, nothing beyond
 * U+10FFFF.
 */
#ifndef NAT_WIRE_UTF8_H
#define NAT_WIRE_UTF8_H

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

#endif
