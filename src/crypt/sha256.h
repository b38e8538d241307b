/* sha256 - SHA-256 (FIPS 180-4). Constant time; no heap; up to 2^61 bytes. */
#ifndef NAT_CRYPT_SHA256_H
#define NAT_CRYPT_SHA256_H

#include "base/span.h"

enum { SHA256_SIZE = 32, SHA256_BLOCK = 64 };

struct sha256 { /* fields are private to sha256.c */
	uint32_t h[8];
	uint64_t n; /* bytes heard */
	uint8_t block[SHA256_BLOCK];
};

void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, struct bytes b);
/* Ends the computation and wipes s. */
void sha256_end(struct sha256 *s, uint8_t out[SHA256_SIZE]);

/* Once, before the first hash: has this processor instructions for SHA-256, as
 * os/cpu knows? Without this call everything is plain C. Same results.
 */
void sha256_native(bool has);

#endif
