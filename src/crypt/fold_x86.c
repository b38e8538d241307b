/* CRC-32 by PCLMULQDQ: what is four blocks ahead is multiplied by a power of x and
 * added to what stands there, four blocks at a time (V. Gopal et al., "Fast CRC
 * Computation for Generic Polynomials Using PCLMULQDQ", 2009). The last block is
 * left to the table. Bits are reflected, and so are the powers.
 */
#include "crypt/crc.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("pclmul,sse4.1")))
#define INLINE NATIVE static inline __attribute__((always_inline))

enum { BLOCK = 16, WIDE = 4 * BLOCK };

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

/* All whole blocks of b, at least WIDE bytes. */
NATIVE static __m128i fold_all(uint32_t sum, struct bytes b)
{
	const __m128i four = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
	const __m128i one = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
	struct lanes x = load_lanes(b.p);
	__m128i y;

	x.a = _mm_xor_si128(x.a, _mm_cvtsi32_si128((int)sum));
	for (b.p += WIDE, b.n -= WIDE; b.n >= WIDE; b.p += WIDE, b.n -= WIDE)
		x = fold_lanes(x, four, b.p);
	y = fold(fold(fold(x.a, one, x.b), one, x.c), one, x.d);
	for (; b.n >= BLOCK; b.p += BLOCK, b.n -= BLOCK)
		y = fold(y, one, load(b.p));
	return y;
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
