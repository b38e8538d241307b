/* rounds - what SHA-256 does to a block (FIPS 180-4 6.2.2): in plain C, and by
 * the instructions that some processors have for it. One of rounds_x86.c,
 * rounds_arm.c and rounds_none.c is compiled.
 */
#ifndef NAT_CRYPT_ROUNDS_H
#define NAT_CRYPT_ROUNDS_H

#include "base/span.h"

enum { ROUNDS_BLOCK = 64 };

/* FIPS 180-4 4.2.2: of the cube roots of the first 64 primes. */
extern const uint32_t rounds_k[64];

/* Takes n blocks, one after the other, into the hash value h. */
void rounds_portable(uint32_t h[8], const uint8_t *p, size_t n);

/* The same, and the same results, on processors of which os/cpu says that they
 * have SHA-256; NULL: this kind of processor has no such instructions.
 */
extern void (*const rounds_native)(uint32_t h[8], const uint8_t *p, size_t n);

#endif
