/* big - unsigned numbers of n limbs, least significant first, in the caller's
 * memory. How long a number is, is no secret; constant time in everything else.
 * Results may stand in the place of arguments, where nothing else is said.
 */
#ifndef NAT_CRYPT_BIG_H
#define NAT_CRYPT_BIG_H

#include "crypt/limb.h"

enum {
	BIG_BITS = 4096, /* the longest: an RSA modulus */
	BIG_LIMBS = LIMBS(BIG_BITS),
	BIG_BYTES = BIG_BITS / 8
};

/* Once, at start: whether rows_native may be used, as os/cpu knows. Without this
 * call all is plain C; the results are the same.
 */
void big_native(bool mulx);

/* From and to big-endian bytes. Load: false, and the low part, when b says more
 * than n limbs hold. Store: the low to.n bytes, zeros before what is short.
 */
bool big_load(limb *r, size_t n, struct bytes b);
void big_store(struct span to, const limb *a, size_t n);

void big_zero(limb *r, size_t n);
void big_copy(limb *r, const limb *a, size_t n);

/* The carry or borrow. */
limb big_add(limb *r, const limb *a, const limb *b, size_t n);
limb big_sub(limb *r, const limb *a, const limb *b, size_t n);

/* Bits: a < b, a == b, a == 0. */
limb big_less(const limb *a, const limb *b, size_t n);
limb big_equal(const limb *a, const limb *b, size_t n);
limb big_none(const limb *a, size_t n);

/* r = a where the mask has ones; otherwise r stays. */
void big_pick(limb *r, const limb *a, size_t n, limb mask);

/* r of 2n limbs, apart from a and b. */
void big_mul(limb *r, const limb *a, const limb *b, size_t n);
void big_square(limb *r, const limb *a, size_t n);

/* Adds to t, of 2n limbs, such a multiple of m that the lower n become zero, m0
 * being -1 / m mod 2^LIMB_BITS; what passes over.
 */
limb big_reduce(limb *t, const limb *m, limb m0, size_t n);

/* Bits up to the highest one. Not constant time. */
size_t big_bits(const limb *a, size_t n);

#endif
