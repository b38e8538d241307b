/* poly1305 - the one-time authenticator Poly1305 (RFC 8439 2.5), as the AEAD
 * uses it: what is added each time is filled with zeros to whole blocks.
 * Constant time. A key must never authenticate twice.
 */
#ifndef NAT_CRYPT_POLY1305_H
#define NAT_CRYPT_POLY1305_H

#include "base/span.h"

enum { POLY1305_KEY = 32, POLY1305_TAG = 16, POLY1305_BLOCK = 16 };

struct poly1305 { /* fields but many are private to poly1305*.c */
	/* poly1305_native, if init is followed by that; else NULL. */
	size_t (*many)(struct poly1305 *p, struct bytes b);
	union {
		struct {
			uint64_t r[3], square[3]; /* 44, 44, 42 bits */
			uint64_t h[3];
		} wide;
		struct {
			uint32_t r[9], h[5]; /* 26 bits each */
		} narrow;
	};
	uint8_t pad[16];
};

void poly1305_init(struct poly1305 *p, const uint8_t key[POLY1305_KEY]);
void poly1305_add(struct poly1305 *p, struct bytes b);
/* Ends the computation and wipes p. */
void poly1305_end(struct poly1305 *p, uint8_t tag[POLY1305_TAG]);

/* ---- for poly1305.c: by machines that multiply 64 bits, or 32 ---- */

void poly1305_start(struct poly1305 *p, const uint8_t r[16]);
void poly1305_blocks(struct poly1305 *p, const uint8_t *b, size_t blocks);
/* The sum modulo 2^130 - 5, of which 2^128 and above are left out. */
void poly1305_sum(struct poly1305 *p, uint32_t sum[4]);

/* h = h * r in the limbs of wide; only where there are those. */
void poly1305_times(uint64_t h[3], const uint64_t r[3]);

/* Takes as many of b's blocks as it takes at a time, and says how many bytes
 * they were; by what os/cpu's cpu_has_avx2 says is there. NULL: not on this
 * kind. One of poly1305_x86.c and poly1305_none.c is compiled.
 */
extern size_t (*const poly1305_native)(struct poly1305 *p, struct bytes b);

#endif
