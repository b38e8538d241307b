/* limb - the words that large numbers are made of, and choices among them that
 * no branch and no index betrays.
 *
 * A limb has 64 bits where the compiler multiplies two of them into 128, else
 * 32. The choice needs no #if: __SIZEOF_INT128__ is 16 where that type exists and
 * no macro elsewhere, so that a comma shifts the right word into second place.
 * Bits are 0 or 1, masks are all zeros or all ones.
 */
#ifndef NAT_CRYPT_LIMB_H
#define NAT_CRYPT_LIMB_H

#include "base/span.h"

#define LIMB_GLUE(a, b) a##b
#define LIMB_JOIN(a, b) LIMB_GLUE(a, b)
#define LIMB_IF_16 , 64,
#define LIMB_SECOND(first, second, ...) second
#define LIMB_CHOOSE(...) LIMB_SECOND(__VA_ARGS__)
#define LIMB_BITS \
	LIMB_CHOOSE(LIMB_JOIN(LIMB_IF_, __SIZEOF_INT128__) none, 32, none)

#define LIMB_OF_64 uint64_t
#define LIMB_OF_32 uint32_t
#define LIMB_WIDE_64 unsigned __int128
#define LIMB_WIDE_32 uint64_t
typedef LIMB_JOIN(LIMB_OF_, LIMB_BITS) limb;
__extension__ typedef LIMB_JOIN(LIMB_WIDE_, LIMB_BITS) wide;

enum { LIMB_BYTES = LIMB_BITS / 8 };

/* Limbs that hold so many bits. */
#define LIMBS(bits) (((bits) + LIMB_BITS - 1) / LIMB_BITS)

/* 64 bits of a constant as the limbs that stand for them, in a table. */
#define LIMB_PUT_64(hi, lo) (limb) hi << 32 | lo
#define LIMB_PUT_32(hi, lo) lo, hi
#define LIMB_PUT(hi, lo) LIMB_JOIN(LIMB_PUT_, LIMB_BITS)(hi, lo)

/* What the compiler cannot reason about: it makes no branch of a mask. */
static inline limb limb_hide(limb x)
{
	__asm__("" : "+r"(x));
	return x;
}

static inline limb limb_mask(limb bit)
{
	return (limb)0 - limb_hide(bit);
}

static inline limb limb_zero(limb x)
{
	return 1 ^ ((x | ((limb)0 - x)) >> (LIMB_BITS - 1));
}

static inline limb limb_equal(limb a, limb b)
{
	return limb_zero(a ^ b);
}

/* a where the mask has ones, else b. */
static inline limb limb_pick(limb mask, limb a, limb b)
{
	return b ^ (mask & (a ^ b));
}

/* a + b + *carry, a - b - *carry, r + a * b + *carry; what passes over is left
 * in *carry.
 */
static inline limb limb_add(limb a, limb b, limb *carry)
{
	limb sum = a + *carry;
	limb over = sum < a;

	sum += b;
	*carry = over | (sum < b);
	return sum;
}

static inline limb limb_sub(limb a, limb b, limb *carry)
{
	limb rest = a - b;
	limb under = a < b;

	under |= rest < *carry;
	rest -= *carry;
	*carry = under;
	return rest;
}

/* Halves apart: compilers make two additions with carry of it. */
static inline limb limb_muladd(limb r, limb a, limb b, limb *carry)
{
	wide product = (wide)a * b;
	limb low = (limb)product, high = (limb)(product >> LIMB_BITS);

	low += r;
	high += low < r;
	low += *carry;
	high += low < *carry;
	*carry = high;
	return low;
}

/* The same over n limbs, in place in every caller: with a constant n compilers
 * unroll them. What passes over is returned.
 */
static inline limb limb_sum(limb *r, const limb *a, const limb *b, size_t n)
{
	limb carry = 0;

	for (size_t i = 0; i < n; i++)
		r[i] = limb_add(a[i], b[i], &carry);
	return carry;
}

static inline limb limb_rest(limb *r, const limb *a, const limb *b, size_t n)
{
	limb carry = 0;

	for (size_t i = 0; i < n; i++)
		r[i] = limb_sub(a[i], b[i], &carry);
	return carry;
}

static inline limb limb_four(limb *r, const limb *a, limb b, limb carry)
{
	r[0] = limb_muladd(r[0], a[0], b, &carry);
	r[1] = limb_muladd(r[1], a[1], b, &carry);
	r[2] = limb_muladd(r[2], a[2], b, &carry);
	r[3] = limb_muladd(r[3], a[3], b, &carry);
	return carry;
}

/* Eight at a time, or four: half as fast again as one by one. */
static inline limb limb_row(limb *r, const limb *a, limb b, size_t n)
{
	limb carry = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		carry = limb_four(r + i, a + i, b, carry);
		carry = limb_four(r + i + 4, a + i + 4, b, carry);
	}
	for (; i + 4 <= n; i += 4)
		carry = limb_four(r + i, a + i, b, carry);
	for (; i < n; i++)
		r[i] = limb_muladd(r[i], a[i], b, &carry);
	return carry;
}

/* r = a where the mask has ones; otherwise r stays. */
static inline void limb_move(limb *r, const limb *a, limb mask, size_t n)
{
	for (size_t i = 0; i < n; i++)
		r[i] = limb_pick(mask, a[i], r[i]);
}

#endif
