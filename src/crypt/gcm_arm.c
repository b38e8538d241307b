/* By AESE, AESMC and PMULL (ARMv8's Cryptographic Extension), eight blocks at a
 * time. The Makefile gives the flag that lets the compiler use them.
 *
 * GHASH as in gcm_x86.c: integers whose highest bit is GCM's first, powers of H
 * divided by x.
 */
#include "crypt/gcm.h"
#include "crypt/ct.h"
#include "crypt/words.h"
#include <arm_neon.h>

#define INLINE static inline __attribute__((always_inline))

enum { WIDTH = 8 }; /* blocks */

/* ---- counter mode ---- */

INLINE uint8x16_t counted(uint32x4_t block, uint32_t n)
{
	return vreinterpretq_u8_u32(
		vsetq_lane_u32(__builtin_bswap32(n), block, 3));
}

/* AESE adds the key first, so that of the last round is added by itself. */
INLINE void encrypt(const struct aes *a, uint8x16_t *b, size_t n)
{
	uint8x16_t key = vld1q_u8(a->key[0]);

	for (unsigned r = 1; r < a->rounds; r++) {
		for (size_t i = 0; i < n; i++)
			b[i] = vaesmcq_u8(vaeseq_u8(b[i], key));
		key = vld1q_u8(a->key[r]);
	}
	for (size_t i = 0; i < n; i++)
		b[i] = veorq_u8(vaeseq_u8(b[i], key),
				vld1q_u8(a->key[a->rounds]));
}

static void ctr_each(const struct aes *a, uint32x4_t counter, uint32_t n,
		     uint8_t *p)
{
	uint8x16_t b[WIDTH];

	for (unsigned i = 0; i < WIDTH; i++)
		b[i] = counted(counter, n + i);
	encrypt(a, b, WIDTH);
	for (size_t i = 0; i < WIDTH; i++) {
		uint8_t *at = p + i * AES_BLOCK;

		vst1q_u8(at, veorq_u8(b[i], vld1q_u8(at)));
	}
}

static void ctr(const struct aes *a, uint8_t counter[AES_BLOCK],
		struct span text)
{
	uint32x4_t first = vreinterpretq_u32_u8(vld1q_u8(counter));
	uint32_t n = load32_be(counter + 12);
	uint8_t stream[AES_BLOCK];
	size_t done = 0;

	for (; text.n - done >= WIDTH * AES_BLOCK; done += WIDTH * AES_BLOCK) {
		ctr_each(a, first, n, text.p + done);
		n += WIDTH;
	}
	while (done < text.n) {
		size_t some = min_size(text.n - done, AES_BLOCK);
		uint8x16_t b = counted(first, n++);

		encrypt(a, &b, 1);
		vst1q_u8(stream, b);
		for (size_t i = 0; i < some; i++)
			text.p[done + i] ^= stream[i];
		done += some;
	}
	ct_wipe(stream, sizeof(stream));
	store32_be(counter + 12, n);
}

/* ---- GHASH ---- */

/* 16 bytes as an integer, the first byte highest: lane 1 is the upper half. */
INLINE uint64x2_t load(const uint8_t *p)
{
	uint64x2_t halves = vreinterpretq_u64_u8(vrev64q_u8(vld1q_u8(p)));

	return vextq_u64(halves, halves, 1);
}

INLINE void store(uint8_t *p, uint64x2_t x)
{
	vst1q_u8(p, vrev64q_u8(vreinterpretq_u8_u64(vextq_u64(x, x, 1))));
}

INLINE uint64x2_t clmul(uint64_t a, uint64_t b)
{
	return vreinterpretq_u64_p128(vmull_p64((poly64_t)a, (poly64_t)b));
}

/* A sum of products of 256 bits, the middle by Karatsuba. */
struct product {
	uint64x2_t low, high, mid;
};

INLINE void add_product(struct product *s, uint64x2_t a, uint64x2_t b)
{
	uint64_t a0 = vgetq_lane_u64(a, 0), a1 = vgetq_lane_u64(a, 1);
	uint64_t b0 = vgetq_lane_u64(b, 0), b1 = vgetq_lane_u64(b, 1);

	s->low = veorq_u64(s->low, clmul(a0, b0));
	s->high = veorq_u64(s->high, clmul(a1, b1));
	s->mid = veorq_u64(s->mid, clmul(a0 ^ a1, b0 ^ b1));
}

/* x's halves changed, plus its lower half times x^63 + x^62 + x^57. */
INLINE uint64x2_t fold(uint64x2_t x)
{
	return veorq_u64(vextq_u64(x, x, 1),
			 clmul(vgetq_lane_u64(x, 0), 0xc200000000000000));
}

/* Modulo x^128 + x^7 + x^2 + x + 1: 64 bits from below twice folded upwards. */
INLINE uint64x2_t reduced(const struct product *s)
{
	const uint64x2_t zero = vdupq_n_u64(0);
	uint64x2_t mid = veorq_u64(s->mid, veorq_u64(s->low, s->high));
	uint64x2_t low = veorq_u64(s->low, vextq_u64(zero, mid, 1));
	uint64x2_t high = veorq_u64(s->high, vextq_u64(mid, zero, 1));

	return veorq_u64(high, fold(fold(low)));
}

/* h / x: shifted by one, with the polynomial added if its last bit is 1. */
static uint64x2_t divided(uint64x2_t h)
{
	uint64_t lo = vgetq_lane_u64(h, 0), hi = vgetq_lane_u64(h, 1);
	uint64_t sign = 0 - (hi >> 63);

	hi = (hi << 1 | lo >> 63) ^ (sign & 0xc200000000000000);
	lo = lo << 1 ^ (sign & 1);
	return vcombine_u64(vcreate_u64(lo), vcreate_u64(hi));
}

INLINE uint64x2_t power(const struct gcm *g, size_t i)
{
	return vreinterpretq_u64_u8(vld1q_u8(g->powers[i]));
}

/* powers[i] = H^(i + 1) / x, as integers. */
static void start(struct gcm *g)
{
	uint64x2_t h = divided(load(g->powers[0])), p = h;

	for (unsigned i = 0; i < GCM_POWERS; i++) {
		struct product s = { vdupq_n_u64(0), vdupq_n_u64(0),
				     vdupq_n_u64(0) };

		vst1q_u8(g->powers[i], vreinterpretq_u8_u64(p));
		add_product(&s, p, h);
		p = reduced(&s);
	}
}

/* sum * H^n + b[0] * H^n + ... + b[n - 1] * H */
INLINE uint64x2_t take(const struct gcm *g, uint64x2_t sum, const uint8_t *b,
		       size_t n)
{
	struct product s = { vdupq_n_u64(0), vdupq_n_u64(0), vdupq_n_u64(0) };

	add_product(&s, veorq_u64(sum, load(b)), power(g, n - 1));
	for (size_t i = 1; i < n; i++)
		add_product(&s, load(b + 16 * i), power(g, n - 1 - i));
	return reduced(&s);
}

static void add(const struct gcm *g, uint8_t sum[16], struct bytes b)
{
	uint64x2_t s = load(sum);
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
	store(sum, s);
}

static const struct gcm_way way = { "ARMv8", ctr, start, add };
const struct gcm_way *const gcm_native = &way;
