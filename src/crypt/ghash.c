#include "crypt/ghash.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* A polynomial of degree 127 by halves: hi holds the first 8 bytes, so that
 * bits count from the other end than GCM numbers them. The reversed words and
 * the sums spare work at each multiplication.
 */
struct factor {
	uint64_t hi, lo, sum;
	uint64_t hi_rev, lo_rev, sum_rev;
};

static uint64_t reverse(uint64_t x)
{
	x = (x & 0x5555555555555555) << 1 | (x >> 1 & 0x5555555555555555);
	x = (x & 0x3333333333333333) << 2 | (x >> 2 & 0x3333333333333333);
	x = (x & 0x0f0f0f0f0f0f0f0f) << 4 | (x >> 4 & 0x0f0f0f0f0f0f0f0f);
	x = (x & 0x00ff00ff00ff00ff) << 8 | (x >> 8 & 0x00ff00ff00ff00ff);
	x = (x & 0x0000ffff0000ffff) << 16 | (x >> 16 & 0x0000ffff0000ffff);
	return x << 32 | x >> 32;
}

static struct factor factor_of(uint64_t hi, uint64_t lo)
{
	uint64_t hi_rev = reverse(hi), lo_rev = reverse(lo);

	return (struct factor){
		hi, lo, hi ^ lo, hi_rev, lo_rev, hi_rev ^ lo_rev
	};
}

/* The lower 64 bits of the product without carries. Three bits of every four
 * are left out, so that carries of up to 15 sums end in holes.
 */
static uint64_t multiply(uint64_t x, uint64_t y)
{
	const uint64_t m0 = 0x1111111111111111, m1 = m0 << 1;
	const uint64_t m2 = m0 << 2, m3 = m0 << 3;
	uint64_t x0 = x & m0, x1 = x & m1, x2 = x & m2, x3 = x & m3;
	uint64_t y0 = y & m0, y1 = y & m1, y2 = y & m2, y3 = y & m3;

	return (((x0 * y0) ^ (x1 * y3) ^ (x2 * y2) ^ (x3 * y1)) & m0) |
	       (((x0 * y1) ^ (x1 * y0) ^ (x2 * y3) ^ (x3 * y2)) & m1) |
	       (((x0 * y2) ^ (x1 * y1) ^ (x2 * y0) ^ (x3 * y3)) & m2) |
	       (((x0 * y3) ^ (x1 * y2) ^ (x2 * y1) ^ (x3 * y0)) & m3);
}

/* v, 256 bits from the least up, modulo x^128 + x^7 + x^2 + x + 1, where the
 * first bit of GCM is the highest: what is lowest is folded upwards.
 */
static void reduce(uint64_t v[4])
{
	for (unsigned i = 0; i < 2; i++) {
		v[i + 2] ^= v[i] ^ v[i] >> 1 ^ v[i] >> 2 ^ v[i] >> 7;
		v[i + 1] ^= v[i] << 63 ^ v[i] << 62 ^ v[i] << 57;
	}
}

/* y * h by Karatsuba; upper halves of products are lower ones of reversed
 * factors.
 */
static void times(uint64_t *hi, uint64_t *lo, const struct factor *h)
{
	struct factor y = factor_of(*hi, *lo);
	uint64_t low = multiply(y.lo, h->lo), high = multiply(y.hi, h->hi);
	uint64_t mid = multiply(y.sum, h->sum) ^ low ^ high;
	uint64_t low_up = multiply(y.lo_rev, h->lo_rev);
	uint64_t high_up = multiply(y.hi_rev, h->hi_rev);
	uint64_t mid_up = multiply(y.sum_rev, h->sum_rev) ^ low_up ^ high_up;
	uint64_t v[4] = { low, (reverse(low_up) >> 1) ^ mid,
			  (reverse(mid_up) >> 1) ^ high,
			  reverse(high_up) >> 1 };

	/* Of 255 bits, to the upper end of 256. */
	for (unsigned i = 3; i > 0; i--)
		v[i] = v[i] << 1 | v[i - 1] >> 63;
	v[0] <<= 1;
	reduce(v);
	*hi = v[3];
	*lo = v[2];
}

void ghash_add(uint8_t sum[GHASH_BLOCK], const uint8_t h[GHASH_BLOCK],
	       struct bytes b)
{
	struct factor f = factor_of(load64_be(h), load64_be(h + 8));
	uint64_t hi = load64_be(sum), lo = load64_be(sum + 8);

	while (b.n > 0) {
		uint8_t block[GHASH_BLOCK] = { 0 };
		size_t n = min_size(b.n, sizeof(block));

		memcpy(block, b.p, n);
		hi ^= load64_be(block);
		lo ^= load64_be(block + 8);
		times(&hi, &lo, &f);
		b = (struct bytes){ b.p + n, b.n - n };
	}
	store64_be(sum, hi);
	store64_be(sum + 8, lo);
	ct_wipe(&f, sizeof(f));
}
