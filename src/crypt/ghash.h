/* ghash - the universal hash of GCM (NIST SP 800-38D 6.4), without tables:
 * multiplication without carries is done by that of integers, with holes.
 * Constant time where the processor multiplies in constant time.
 */
#ifndef NAT_CRYPT_GHASH_H
#define NAT_CRYPT_GHASH_H

#include "base/span.h"

enum { GHASH_BLOCK = 16 };

/* sum, at first zeros, takes in b, filled with zeros to whole blocks. */
void ghash_add(uint8_t sum[GHASH_BLOCK], const uint8_t h[GHASH_BLOCK],
	       struct bytes b);

#endif
