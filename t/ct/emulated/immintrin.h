/* The vectors of power_x86.c in C, as Intel's Intrinsics Guide defines them: memcheck
 * knows no AVX-512, and is to see all that depends on a secret.
 */
#ifndef NAT_T_CT_EMULATED_H
#define NAT_T_CT_EMULATED_H

/* Of functions: none is compiled for more than memcheck knows. */
#define target(instructions) unused

#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint64_t q[8];
} __m512i;

typedef struct {
	uint64_t q[2];
} __m128i;

#define EMULATED static inline
#define LOW52(x) ((x) & (((uint64_t)1 << 52) - 1))
#define EACH(expression) \
	__m512i r; \
	for (size_t i = 0; i < 8; i++) \
		r.q[i] = (expression); \
	return r

EMULATED __m512i _mm512_setzero_si512(void)
{
	EACH(0);
}

EMULATED __m512i _mm512_set1_epi64(int64_t x)
{
	EACH((uint64_t)x);
}

EMULATED __m512i _mm512_load_si512(const void *p)
{
	return *(const __m512i *)p;
}

EMULATED void _mm512_store_si512(void *p, __m512i x)
{
	*(__m512i *)p = x;
}

EMULATED __m512i _mm512_add_epi64(__m512i x, __m512i y)
{
	EACH(x.q[i] + y.q[i]);
}

EMULATED __m512i _mm512_and_si512(__m512i x, __m512i y)
{
	EACH(x.q[i] & y.q[i]);
}

EMULATED __m512i _mm512_xor_si512(__m512i x, __m512i y)
{
	EACH(x.q[i] ^ y.q[i]);
}

/* The upper of both above the lower, moved down by n. */
EMULATED __m512i _mm512_alignr_epi64(__m512i above, __m512i below, size_t n)
{
	EACH(i + n < 8 ? below.q[i + n] : above.q[i + n - 8]);
}

EMULATED unsigned __int128 product52(uint64_t x, uint64_t y)
{
	return (unsigned __int128)LOW52(x) * LOW52(y);
}

EMULATED __m512i _mm512_madd52lo_epu64(__m512i s, __m512i x, __m512i y)
{
	EACH(s.q[i] + LOW52((uint64_t)product52(x.q[i], y.q[i])));
}

EMULATED __m512i _mm512_madd52hi_epu64(__m512i s, __m512i x, __m512i y)
{
	EACH(s.q[i] + (uint64_t)(product52(x.q[i], y.q[i]) >> 52));
}

EMULATED __m128i _mm512_castsi512_si128(__m512i x)
{
	return (__m128i){ { x.q[0], x.q[1] } };
}

EMULATED int64_t _mm_cvtsi128_si64(__m128i x)
{
	return (int64_t)x.q[0];
}

EMULATED int64_t _mm_extract_epi64(__m128i x, int which)
{
	return (int64_t)x.q[which];
}

#endif
