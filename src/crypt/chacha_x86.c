/* By AVX2: eight blocks at a time, a vector for each of their 16 words. */
#include "crypt/chacha.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("avx2")))
#define INLINE NATIVE static inline __attribute__((always_inline))

enum { WIDTH = 8 }; /* blocks */

/* Rotations by whole bytes are shuffles. */
INLINE __m256i rotl16(__m256i x)
{
	return _mm256_shuffle_epi8(
		x, _mm256_broadcastsi128_si256(_mm_set_epi64x(
			   0x0d0c0f0e09080b0a, 0x0504070601000302)));
}

INLINE __m256i rotl8(__m256i x)
{
	return _mm256_shuffle_epi8(
		x, _mm256_broadcastsi128_si256(_mm_set_epi64x(
			   0x0e0d0c0f0a09080b, 0x0605040702010003)));
}

INLINE __m256i rotl(__m256i x, int n)
{
	return _mm256_or_si256(_mm256_slli_epi32(x, n),
			       _mm256_srli_epi32(x, 32 - n));
}

/* RFC 8439 2.1, in the words a, b, c, d of all blocks. */
INLINE void quarter(__m256i *a, __m256i *b, __m256i *c, __m256i *d)
{
	*a = _mm256_add_epi32(*a, *b);
	*d = rotl16(_mm256_xor_si256(*d, *a));
	*c = _mm256_add_epi32(*c, *d);
	*b = rotl(_mm256_xor_si256(*b, *c), 12);
	*a = _mm256_add_epi32(*a, *b);
	*d = rotl8(_mm256_xor_si256(*d, *a));
	*c = _mm256_add_epi32(*c, *d);
	*b = rotl(_mm256_xor_si256(*b, *c), 7);
}

INLINE void rounds(__m256i x[16])
{
	for (unsigned round = 0; round < 10; round++) {
		quarter(x + 0, x + 4, x + 8, x + 12);
		quarter(x + 1, x + 5, x + 9, x + 13);
		quarter(x + 2, x + 6, x + 10, x + 14);
		quarter(x + 3, x + 7, x + 11, x + 15);
		quarter(x + 0, x + 5, x + 10, x + 15);
		quarter(x + 1, x + 6, x + 11, x + 12);
		quarter(x + 2, x + 7, x + 8, x + 13);
		quarter(x + 3, x + 4, x + 9, x + 14);
	}
}

INLINE void xor_to(uint8_t *p, __m256i x)
{
	__m256i *at = (__m256i *)(void *)p;

	_mm256_storeu_si256(at, _mm256_xor_si256(_mm256_loadu_si256(at), x));
}

/* Words x[0] to x[7] of eight blocks to where they stand in each: a matrix
 * transposed by pairs of words, of pairs, of fours.
 */
INLINE void xor_words(uint8_t *p, const __m256i x[8])
{
	__m256i two[8], four[8];

	for (unsigned i = 0; i < 8; i += 2) {
		two[i] = _mm256_unpacklo_epi32(x[i], x[i + 1]);
		two[i + 1] = _mm256_unpackhi_epi32(x[i], x[i + 1]);
	}
	for (unsigned i = 0; i < 8; i += 4)
		for (unsigned j = 0; j < 2; j++) {
			__m256i a = two[i + j], b = two[i + j + 2];

			four[i + 2 * j] = _mm256_unpacklo_epi64(a, b);
			four[i + 2 * j + 1] = _mm256_unpackhi_epi64(a, b);
		}
	for (size_t i = 0; i < 4; i++) {
		__m256i a = four[i], b = four[i + 4];

		xor_to(p + i * CHACHA_BLOCK,
		       _mm256_permute2x128_si256(a, b, 0x20));
		xor_to(p + (i + 4) * CHACHA_BLOCK,
		       _mm256_permute2x128_si256(a, b, 0x31));
	}
}

NATIVE static void xor_each(const uint32_t state[16], uint8_t *p)
{
	const __m256i count = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
	__m256i start[16], x[16];

	for (unsigned i = 0; i < 16; i++)
		start[i] = _mm256_set1_epi32((int)state[i]);
	start[12] = _mm256_add_epi32(start[12], count);
	for (unsigned i = 0; i < 16; i++)
		x[i] = start[i];
	rounds(x);
	for (unsigned i = 0; i < 16; i++)
		x[i] = _mm256_add_epi32(x[i], start[i]);
	xor_words(p, x);
	xor_words(p + 32, x + 8);
}

static size_t wide(uint32_t state[16], struct span text)
{
	size_t done = 0;

	for (; text.n - done >= WIDTH * CHACHA_BLOCK;
	     done += WIDTH * CHACHA_BLOCK) {
		xor_each(state, text.p + done);
		state[12] += WIDTH;
	}
	return done;
}

size_t (*const chacha_native)(uint32_t state[16], struct span text) = wide;
