/* x25519 - RFC 7748 5 and 6.1: x alone on Curve25519, by Montgomery's ladder.
 * Constant time.
 */
#ifndef NAT_CRYPT_X25519_H
#define NAT_CRYPT_X25519_H

#include "base/span.h"

enum { X25519_SIZE = 32 };

/* Any 32 bytes are a key. */
void x25519_public(uint8_t out[X25519_SIZE], const uint8_t key[X25519_SIZE]);

/* What both sides get. False: it is all zeros, because point has a small order,
 * and must not be used (RFC 7748 6.1).
 */
bool x25519_shared(uint8_t out[X25519_SIZE], const uint8_t key[X25519_SIZE],
		   const uint8_t point[X25519_SIZE]);

#endif
