/* utf8 - is it UTF-8 (RFC 3629)? No overlong forms, no surrogates. */
#ifndef NAT_BASE_UTF8_H
#define NAT_BASE_UTF8_H

#include "base/span.h"

/* Bytes of the character that b (not empty) starts with; 0 when it is none. */
size_t utf8_size(struct bytes b);

/* All of it? */
bool utf8_good(struct bytes b);

#endif
