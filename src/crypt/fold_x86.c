/* CRC-32 by PCLMULQDQ: what is four registers ahead is multiplied by a power of x
 * and added to what stands there (V. Gopal et al., "Fast CRC Computation for Generic
 * Polynomials Using PCLMULQDQ", 2009); a register is a block, or four of them. The
 * last block is left to the table. Bits are reflected, and so are the powers.
 */
#include "crypt/crc.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("pclmul,sse4.1")))
#define INLINE NATIVE static inline __attribute__((always_inline))
#define BROAD __attribute__((target("avx512f,vpclmulqdq,pclmul,sse4.1")))
#define BROAD_INLINE BROAD static inline __attribute__((always_inline))

enum { BLOCK = 16, WIDE = 4 * BLOCK, BROADEST = 4 * WIDE };

/* x^(n - 32) and x^(n + 32), n the bits that it is moved: of one block, of four,
 * of sixteen.
 */
#define ONE 0x0ccaa009e, 0x1751997d0
#define FOUR 0x1c6e41596, 0x154442bd4
#define SIXTEEN 0x1322d1430, 0x11542778a

INLINE __m128i load(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE __m128i fold(__m128i x, __m128i powers, __m128i next)
{
	__m128i low = _mm_clmulepi64_si128(x, powers, 0x00);
	__m128i high = _mm_clmulepi64_si128(x, powers, 0x11);

	return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

struct lanes {
	__m128i a, b, c, d;
};

INLINE struct lanes load_lanes(const uint8_t *p)
{
	return (struct lanes){ load(p), load(p + BLOCK), load(p + 2 * BLOCK),
			       load(p + 3 * BLOCK) };
}

INLINE struct lanes fold_lanes(struct lanes x, __m128i powers, const uint8_t *p)
{
	return (struct lanes){ fold(x.a, powers, load(p)),
			       fold(x.b, powers, load(p + BLOCK)),
			       fold(x.c, powers, load(p + 2 * BLOCK)),
			       fold(x.d, powers, load(p + 3 * BLOCK)) };
}

/* With the blocks that are left. */
NATIVE static __m128i fold_last(struct lanes x, struct bytes b)
{
	const __m128i one = _mm_set_epi64x(ONE);
	__m128i y = fold(fold(fold(x.a, one, x.b), one, x.c), one, x.d);

	for (; b.n >= BLOCK; b.p += BLOCK, b.n -= BLOCK)
		y = fold(y, one, load(b.p));
	return y;
}

/* All whole blocks of b, at least WIDE bytes. */
NATIVE static __m128i fold_all(uint32_t sum, struct bytes b)
{
	const __m128i four = _mm_set_epi64x(FOUR);
	struct lanes x = load_lanes(b.p);

	x.a = _mm_xor_si128(x.a, _mm_cvtsi32_si128((int)sum));
	for (b.p += WIDE, b.n -= WIDE; b.n >= WIDE; b.p += WIDE, b.n -= WIDE)
		x = fold_lanes(x, four, b.p);
	return fold_last(x, b);
}

static size_t fold_in(uint8_t rest[CRC_REST], uint32_t sum, struct bytes b)
{
	if (b.n < WIDE)
		return 0;
	_mm_storeu_si128((__m128i *)(void *)rest, fold_all(sum, b));
	return b.n - b.n % BLOCK;
}

size_t (*const crc_fold)(uint8_t rest[CRC_REST], uint32_t sum,
			 struct bytes b) = fold_in;

/* ---- four blocks in a register ---- */

BROAD_INLINE __m512i load_broad(const uint8_t *p)
{
	return _mm512_loadu_si512((const void *)p);
}

BROAD_INLINE __m512i four_times(__m128i powers)
{
	return _mm512_broadcast_i32x4(powers);
}

BROAD_INLINE __m512i fold_broad(__m512i x, __m512i powers, __m512i next)
{
	enum { ALL_ADDED = 0x96 };
	__m512i low = _mm512_clmulepi64_epi128(x, powers, 0x00);
	__m512i high = _mm512_clmulepi64_epi128(x, powers, 0x11);

	return _mm512_ternarylogic_epi64(low, high, next, ALL_ADDED);
}

/* All of b that comes by WIDE bytes, at least BROADEST. */
BROAD static __m512i fold_most(uint32_t sum, struct bytes b)
{
	const __m512i sixteen = four_times(_mm_set_epi64x(SIXTEEN));
	const __m512i four = four_times(_mm_set_epi64x(FOUR));
	__m512i x[4], y = _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)sum));

	for (int i = 0; i < 4; i++)
		x[i] = load_broad(b.p + i * WIDE);
	x[0] = _mm512_xor_si512(x[0], y);
	for (b.p += BROADEST, b.n -= BROADEST; b.n >= BROADEST;
	     b.p += BROADEST, b.n -= BROADEST)
		for (int i = 0; i < 4; i++)
			x[i] = fold_broad(x[i], sixteen,
					  load_broad(b.p + i * WIDE));
	y = fold_broad(x[0], four, x[1]);
	y = fold_broad(fold_broad(y, four, x[2]), four, x[3]);
	for (; b.n >= WIDE; b.p += WIDE, b.n -= WIDE)
		y = fold_broad(y, four, load_broad(b.p));
	return y;
}

BROAD static __m128i fold_broadly(uint32_t sum, struct bytes b)
{
	size_t left = b.n % WIDE;
	__m512i y = fold_most(sum, b);
	struct lanes x = { _mm512_extracti32x4_epi32(y, 0),
			   _mm512_extracti32x4_epi32(y, 1),
			   _mm512_extracti32x4_epi32(y, 2),
			   _mm512_extracti32x4_epi32(y, 3) };

	return fold_last(x, (struct bytes){ b.p + b.n - left, left });
}

static size_t fold_wide(uint8_t rest[CRC_REST], uint32_t sum, struct bytes b)
{
	if (b.n < BROADEST)
		return fold_in(rest, sum, b);
	_mm_storeu_si128((__m128i *)(void *)rest, fold_broadly(sum, b));
	return b.n - b.n % BLOCK;
}

size_t (*const crc_fold_wide)(uint8_t rest[CRC_REST], uint32_t sum,
			      struct bytes b) = fold_wide;
