/* By SHA256RNDS2, SHA256MSG1 and SHA256MSG2 (Intel's SDM, volume 2). */
#include "crypt/rounds.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("sha,sse4.1")))

/* The hash value as SHA256RNDS2 wants it, highest word first. */
struct value {
	__m128i abef, cdgh;
};

NATIVE static struct value value_of(const uint32_t h[8])
{
	__m128i dcba = _mm_loadu_si128((const __m128i *)(const void *)h);
	__m128i hgfe = _mm_loadu_si128((const __m128i *)(const void *)(h + 4));
	__m128i cdab = _mm_shuffle_epi32(dcba, 0xb1);
	__m128i efgh = _mm_shuffle_epi32(hgfe, 0x1b);

	return (struct value){ _mm_alignr_epi8(cdab, efgh, 8),
			       _mm_blend_epi16(efgh, cdab, 0xf0) };
}

NATIVE static void store(uint32_t h[8], struct value v)
{
	__m128i feba = _mm_shuffle_epi32(v.abef, 0x1b);
	__m128i dchg = _mm_shuffle_epi32(v.cdgh, 0xb1);

	_mm_storeu_si128((__m128i *)(void *)h,
			 _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(void *)(h + 4),
			 _mm_alignr_epi8(dchg, feba, 8));
}

/* Four words of the block, the first lowest. */
NATIVE static __m128i load(const uint8_t *p)
{
	__m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);

	return _mm_shuffle_epi8(
		_mm_loadu_si128((const __m128i *)(const void *)p), swap);
}

/* Four rounds. */
NATIVE static inline void mix(struct value *v, __m128i w, const uint32_t *k)
{
	__m128i kw = _mm_add_epi32(
		w, _mm_loadu_si128((const __m128i *)(const void *)k));

	v->cdgh = _mm_sha256rnds2_epu32(v->cdgh, v->abef, kw);
	v->abef = _mm_sha256rnds2_epu32(v->abef, v->cdgh,
					_mm_shuffle_epi32(kw, 0x0e));
}

/* The four words that follow the sixteen of w0 to w3. */
NATIVE static inline __m128i extend(__m128i w0, __m128i w1, __m128i w2,
				    __m128i w3)
{
	__m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1),
				    _mm_alignr_epi8(w3, w2, 4));

	return _mm_sha256msg2_epu32(sum, w3);
}

NATIVE static struct value mix_block(struct value v, const uint8_t *p)
{
	__m128i w0 = load(p), w1 = load(p + 16);
	__m128i w2 = load(p + 32), w3 = load(p + 48);

	for (const uint32_t *k = rounds_k;; k += 16) {
		mix(&v, w0, k);
		mix(&v, w1, k + 4);
		mix(&v, w2, k + 8);
		mix(&v, w3, k + 12);
		if (k == rounds_k + 48)
			return v;
		w0 = extend(w0, w1, w2, w3);
		w1 = extend(w1, w2, w3, w0);
		w2 = extend(w2, w3, w0, w1);
		w3 = extend(w3, w0, w1, w2);
	}
}

NATIVE static void native(uint32_t h[8], const uint8_t *p, size_t n)
{
	struct value sum = value_of(h);

	for (; n > 0; n--, p += ROUNDS_BLOCK) {
		struct value v = mix_block(sum, p);

		sum.abef = _mm_add_epi32(sum.abef, v.abef);
		sum.cdgh = _mm_add_epi32(sum.cdgh, v.cdgh);
	}
	store(h, sum);
}

void (*const rounds_native)(uint32_t h[8], const uint8_t *p, size_t n) = native;
