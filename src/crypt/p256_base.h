/* p256_base - multiples of P-256's base point, computed ahead: the combs of p256.c.
 *
 * A scalar's 256 bits are a comb of 4 teeth, 64 bits apart. Entry i of comb c is
 * 2^(16 c) times the sum of 2^(64 t) G over the bits t of i + 1; (x, y) is in the
 * field's form. t/unit/test_ec.c computes them again.
 */
#ifndef NAT_CRYPT_P256_BASE_H
#define NAT_CRYPT_P256_BASE_H

#include "crypt/ec.h"

enum {
	P256_TEETH = 4,
	P256_APART = 256 / P256_TEETH,
	P256_ENTRIES = (1 << P256_TEETH) - 1,
	P256_COMBS = 4,
	P256_STEP = P256_APART / P256_COMBS
};

struct p256_entry {
	limb x[LIMBS(256)], y[LIMBS(256)];
};

extern const struct p256_entry p256_base[P256_COMBS][P256_ENTRIES];

#endif
