/* By AVX2: four sums side by side, of every fourth block each (D. J. Bernstein
 * and P. Schwabe, "NEON crypto"). A sum is five limbs of 26 bits.
 *
 *	sums = sums * r^4 + the next four blocks        again and again
 *	h = sums[0] * r^4 + sums[1] * r^3 + sums[2] * r^2 + sums[3] * r
 */
#include "crypt/poly1305.h"
#include "crypt/ct.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("avx2")))
#define INLINE NATIVE static inline __attribute__((always_inline))

enum { LIMBS = 5, LOW26 = 0x3ffffff, WIDTH = 4 * POLY1305_BLOCK, LEAST = 256 };
#define LOW44 (((uint64_t)1 << 44) - 1)

/* In the order in which blocks come out of unpacking: 0 2 1 3. */
struct sums {
	__m256i limb[LIMBS];
};

/* Four factors, and 5 times their upper limbs, for what is past the top. */
struct factors {
	__m256i r[LIMBS], past[LIMBS];
};

static void narrow(uint64_t to[LIMBS], const uint64_t h[3])
{
	uint64_t h1 = h[1] & LOW44, h2 = h[2] + (h[1] >> 44);

	to[0] = h[0] & LOW26;
	to[1] = (h[0] >> 26 | h1 << 18) & LOW26;
	to[2] = h1 >> 8 & LOW26;
	to[3] = (h1 >> 34 | h2 << 10) & LOW26;
	to[4] = h2 >> 16;
}

/* Of limbs of up to 63 bits. */
static void widen(uint64_t h[3], uint64_t n[LIMBS])
{
	for (unsigned i = 0; i < LIMBS + 2; i++) {
		uint64_t carry = n[i % LIMBS] >> 26;

		n[i % LIMBS] &= LOW26;
		n[(i + 1) % LIMBS] +=
			i % LIMBS == LIMBS - 1 ? 5 * carry : carry;
	}
	h[0] = (n[0] | n[1] << 26) & LOW44;
	h[1] = ((n[1] >> 18) + (n[2] << 8) + (n[3] << 34)) & LOW44;
	h[2] = n[3] >> 10 | n[4] << 16;
}

/* r^4, r^2, r^3, r by lanes; or r^4 in all of them. */
NATIVE static void set_factors(struct factors *f, uint64_t power[4][LIMBS],
			       bool same)
{
	for (unsigned i = 0; i < LIMBS; i++) {
		int64_t r1 = (int64_t)power[0][i], r2 = (int64_t)power[1][i];
		int64_t r3 = (int64_t)power[2][i], r4 = (int64_t)power[3][i];

		f->r[i] = same ? _mm256_set1_epi64x(r4)
			       : _mm256_set_epi64x(r1, r3, r2, r4);
		f->past[i] = _mm256_add_epi64(f->r[i],
					      _mm256_slli_epi64(f->r[i], 2));
	}
}

INLINE __m256i times(__m256i sum, __m256i a, __m256i b)
{
	return _mm256_add_epi64(sum, _mm256_mul_epu32(a, b));
}

/* Carries from limb a to limb b. */
INLINE void carry(struct sums *s, unsigned a, unsigned b)
{
	__m256i low = _mm256_set1_epi64x(LOW26);
	__m256i over = _mm256_srli_epi64(s->limb[a], 26);

	if (b == 0)
		over = _mm256_add_epi64(over, _mm256_slli_epi64(over, 2));
	s->limb[a] = _mm256_and_si256(s->limb[a], low);
	s->limb[b] = _mm256_add_epi64(s->limb[b], over);
}

INLINE __m256i limb(const struct sums *s, const __m256i by[LIMBS])
{
	__m256i sum = _mm256_mul_epu32(s->limb[0], by[0]);

	sum = times(sum, s->limb[1], by[1]);
	sum = times(sum, s->limb[2], by[2]);
	sum = times(sum, s->limb[3], by[3]);
	return times(sum, s->limb[4], by[4]);
}

/* Limb i is the sum of s[j] * r[i - j], past[5 + i - j] where j > i. */
INLINE void multiply(struct sums *s, const struct factors *f)
{
	const __m256i *r = f->r, *past = f->past;
	const __m256i to0[LIMBS] = { r[0], past[4], past[3], past[2], past[1] };
	const __m256i to1[LIMBS] = { r[1], r[0], past[4], past[3], past[2] };
	const __m256i to2[LIMBS] = { r[2], r[1], r[0], past[4], past[3] };
	const __m256i to3[LIMBS] = { r[3], r[2], r[1], r[0], past[4] };
	const __m256i to4[LIMBS] = { r[4], r[3], r[2], r[1], r[0] };

	*s = (struct sums){ { limb(s, to0), limb(s, to1), limb(s, to2),
			      limb(s, to3), limb(s, to4) } };
}

/* In two chains, so that neither waits for the other. */
INLINE void settle(struct sums *s)
{
	carry(s, 0, 1);
	carry(s, 3, 4);
	carry(s, 1, 2);
	carry(s, 4, 0);
	carry(s, 2, 3);
	carry(s, 0, 1);
	carry(s, 3, 4);
}

INLINE void add_blocks(struct sums *s, const uint8_t *b)
{
	const __m256i *at = (const __m256i *)(const void *)b;
	__m256i b01 = _mm256_loadu_si256(at), b23 = _mm256_loadu_si256(at + 1);
	__m256i lo = _mm256_unpacklo_epi64(b01, b23);
	__m256i hi = _mm256_unpackhi_epi64(b01, b23);
	__m256i low = _mm256_set1_epi64x(LOW26);
	__m256i mid = _mm256_or_si256(_mm256_srli_epi64(lo, 52),
				      _mm256_slli_epi64(hi, 12));
	__m256i top = _mm256_or_si256(_mm256_srli_epi64(hi, 40),
				      _mm256_set1_epi64x(1 << 24));
	__m256i n[LIMBS] = { _mm256_and_si256(lo, low),
			     _mm256_and_si256(_mm256_srli_epi64(lo, 26), low),
			     _mm256_and_si256(mid, low),
			     _mm256_and_si256(_mm256_srli_epi64(hi, 14), low),
			     top };

	for (unsigned i = 0; i < LIMBS; i++)
		s->limb[i] = _mm256_add_epi64(s->limb[i], n[i]);
}

NATIVE static void add_all(uint64_t h[LIMBS], const struct factors *each,
			   const struct factors *last, struct bytes b)
{
	struct sums s;

	for (unsigned i = 0; i < LIMBS; i++)
		s.limb[i] = _mm256_set_epi64x(0, 0, 0, (int64_t)h[i]);
	add_blocks(&s, b.p);
	for (size_t at = WIDTH; at < b.n; at += WIDTH) {
		multiply(&s, each);
		settle(&s);
		add_blocks(&s, b.p + at);
	}
	multiply(&s, last);
	for (unsigned i = 0; i < LIMBS; i++) {
		uint64_t lane[4];

		_mm256_storeu_si256((__m256i *)(void *)lane, s.limb[i]);
		h[i] = lane[0] + lane[1] + lane[2] + lane[3];
	}
}

NATIVE static size_t many(struct poly1305 *p, struct bytes b)
{
	uint64_t power[4][LIMBS], h[LIMBS], r[3];
	struct factors each, last;

	b.n -= b.n % WIDTH;
	if (b.n < LEAST)
		return 0;
	memcpy(r, p->wide.r, sizeof(r));
	for (unsigned i = 0; i < 4; i++) {
		narrow(power[i], r);
		poly1305_times(r, p->wide.r);
	}
	set_factors(&each, power, true);
	set_factors(&last, power, false);
	narrow(h, p->wide.h);
	add_all(h, &each, &last, b);
	widen(p->wide.h, h);
	ct_wipe(power, sizeof(power));
	ct_wipe(&each, sizeof(each));
	ct_wipe(&last, sizeof(last));
	ct_wipe(h, sizeof(h));
	ct_wipe(r, sizeof(r));
	return b.n;
}

size_t (*const poly1305_native)(struct poly1305 *p, struct bytes b) = many;
