/* By AESENC and PCLMULQDQ (Intel's SDM, volume 2), eight blocks at a time.
 *
 * For GHASH a block is an integer whose highest bit is GCM's first, so that a
 * product without carries comes out one bit too low. Powers of H are kept
 * divided by x, which is that one bit, and nothing is shifted afterwards.
 */
#include "crypt/gcm.h"
#include "crypt/ct.h"
#include "crypt/words.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("aes,pclmul,sse4.1")))
#define INLINE NATIVE static inline __attribute__((always_inline))

enum { WIDTH = 8 }; /* blocks */

INLINE __m128i load(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

INLINE void store(uint8_t *p, __m128i x)
{
	_mm_storeu_si128((__m128i *)(void *)p, x);
}

/* ---- counter mode ---- */

INLINE void xor_each(__m128i b[WIDTH], __m128i k)
{
	for (unsigned i = 0; i < WIDTH; i++)
		b[i] = _mm_xor_si128(b[i], k);
}

INLINE void round_each(__m128i b[WIDTH], __m128i k)
{
	b[0] = _mm_aesenc_si128(b[0], k);
	b[1] = _mm_aesenc_si128(b[1], k);
	b[2] = _mm_aesenc_si128(b[2], k);
	b[3] = _mm_aesenc_si128(b[3], k);
	b[4] = _mm_aesenc_si128(b[4], k);
	b[5] = _mm_aesenc_si128(b[5], k);
	b[6] = _mm_aesenc_si128(b[6], k);
	b[7] = _mm_aesenc_si128(b[7], k);
}

/* The counter n, in memory big-endian, in the last word of block. */
INLINE __m128i counted(__m128i block, uint32_t n)
{
	return _mm_insert_epi32(block, (int)__builtin_bswap32(n), 3);
}

NATIVE static void ctr_each(const struct aes *a, __m128i counter, uint32_t n,
			    uint8_t *p)
{
	__m128i b[WIDTH], last = load(a->key[a->rounds]);

	for (unsigned i = 0; i < WIDTH; i++)
		b[i] = counted(counter, n + i);
	xor_each(b, load(a->key[0]));
	for (unsigned r = 1; r < a->rounds; r++)
		round_each(b, load(a->key[r]));
	for (size_t i = 0; i < WIDTH; i++) {
		__m128i text = load(p + i * AES_BLOCK);

		b[i] = _mm_aesenclast_si128(b[i], last);
		store(p + i * AES_BLOCK, _mm_xor_si128(b[i], text));
	}
}

/* The stream of one block. */
NATIVE static void ctr_one(const struct aes *a, __m128i b,
			   uint8_t out[AES_BLOCK])
{
	b = _mm_xor_si128(b, load(a->key[0]));
	for (unsigned r = 1; r < a->rounds; r++)
		b = _mm_aesenc_si128(b, load(a->key[r]));
	store(out, _mm_aesenclast_si128(b, load(a->key[a->rounds])));
}

NATIVE static void ctr(const struct aes *a, uint8_t counter[AES_BLOCK],
		       struct span text)
{
	__m128i first = load(counter);
	uint32_t n = load32_be(counter + 12);
	uint8_t stream[AES_BLOCK];
	size_t done = 0;

	for (; text.n - done >= WIDTH * AES_BLOCK; done += WIDTH * AES_BLOCK) {
		ctr_each(a, first, n, text.p + done);
		n += WIDTH;
	}
	while (done < text.n) {
		size_t some = min_size(text.n - done, AES_BLOCK);

		ctr_one(a, counted(first, n++), stream);
		for (size_t i = 0; i < some; i++)
			text.p[done + i] ^= stream[i];
		done += some;
	}
	ct_wipe(stream, sizeof(stream));
	store32_be(counter + 12, n);
}

/* ---- GHASH ---- */

/* 16 bytes as an integer, the first byte highest; and back. */
INLINE __m128i swapped(__m128i x)
{
	return _mm_shuffle_epi8(
		x, _mm_set_epi64x(0x0001020304050607, 0x08090a0b0c0d0e0f));
}

/* A sum of products of 256 bits, the middle by Karatsuba. */
struct product {
	__m128i low, high, mid;
};

INLINE __m128i halves(__m128i x)
{
	return _mm_xor_si128(x, _mm_shuffle_epi32(x, 0x4e));
}

INLINE void add_product(struct product *s, __m128i a, __m128i b)
{
	__m128i mid = _mm_clmulepi64_si128(halves(a), halves(b), 0x00);

	s->low = _mm_xor_si128(s->low, _mm_clmulepi64_si128(a, b, 0x00));
	s->high = _mm_xor_si128(s->high, _mm_clmulepi64_si128(a, b, 0x11));
	s->mid = _mm_xor_si128(s->mid, mid);
}

/* Modulo x^128 + x^7 + x^2 + x + 1: 64 bits from below twice folded upwards;
 * 0xc2 has the bits of x^7 + x^2 + x, from the other end.
 */
INLINE __m128i reduced(const struct product *s)
{
	const __m128i poly = _mm_set_epi64x(0, (int64_t)0xc200000000000000);
	__m128i mid = _mm_xor_si128(s->mid, _mm_xor_si128(s->low, s->high));
	__m128i low = _mm_xor_si128(s->low, _mm_slli_si128(mid, 8));
	__m128i high = _mm_xor_si128(s->high, _mm_srli_si128(mid, 8));

	low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e),
			    _mm_clmulepi64_si128(low, poly, 0x00));
	low = _mm_xor_si128(_mm_shuffle_epi32(low, 0x4e),
			    _mm_clmulepi64_si128(low, poly, 0x00));
	return _mm_xor_si128(high, low);
}

INLINE __m128i product_of(__m128i a, __m128i b)
{
	struct product s = { _mm_setzero_si128(), _mm_setzero_si128(),
			     _mm_setzero_si128() };

	add_product(&s, a, b);
	return reduced(&s);
}

/* h / x: shifted by one, with the polynomial added if its last bit is 1. */
INLINE __m128i divided(__m128i h)
{
	const __m128i poly = _mm_set_epi64x((int64_t)0xc200000000000000, 1);
	__m128i sign = _mm_srai_epi32(_mm_shuffle_epi32(h, 0xff), 31);
	__m128i over = _mm_slli_si128(_mm_srli_epi64(h, 63), 8);

	h = _mm_or_si128(_mm_slli_epi64(h, 1), over);
	return _mm_xor_si128(h, _mm_and_si128(sign, poly));
}

/* powers[i] = H^(i + 1) / x. */
NATIVE static void start(struct gcm *g)
{
	__m128i h = divided(swapped(load(g->powers[0]))), power = h;

	for (unsigned i = 0; i < GCM_POWERS; i++) {
		store(g->powers[i], power);
		power = product_of(power, h);
	}
}

/* sum * H^n + b[0] * H^n + ... + b[n - 1] * H */
INLINE __m128i take(const struct gcm *g, __m128i sum, const uint8_t *b,
		    size_t n)
{
	struct product s = { _mm_setzero_si128(), _mm_setzero_si128(),
			     _mm_setzero_si128() };

	for (size_t i = 0; i < n; i++) {
		__m128i block = swapped(load(b + 16 * i));

		if (i == 0)
			block = _mm_xor_si128(block, sum);
		add_product(&s, block, load(g->powers[n - 1 - i]));
	}
	return reduced(&s);
}

NATIVE static void add(const struct gcm *g, uint8_t sum[16], struct bytes b)
{
	__m128i s = swapped(load(sum));
	uint8_t last[16] = { 0 };

	for (; b.n >= 16 * GCM_POWERS; b.n -= 16 * GCM_POWERS) {
		s = take(g, s, b.p, GCM_POWERS);
		b.p += 16 * GCM_POWERS;
	}
	for (; b.n >= 16; b.n -= 16, b.p += 16)
		s = take(g, s, b.p, 1);
	if (b.n > 0) {
		memcpy(last, b.p, b.n);
		s = take(g, s, last, 1);
	}
	store(sum, swapped(s));
}

static const struct gcm_way way = { "AES-NI", ctr, start, add };
const struct gcm_way *const gcm_native = &way;
