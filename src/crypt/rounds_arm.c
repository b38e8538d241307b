/* By SHA256H, SHA256H2, SHA256SU0 and SHA256SU1 (ARMv8's Cryptographic
 * Extension). The Makefile gives the flag that lets the compiler use them.
 */
#include "crypt/rounds.h"
#include <arm_neon.h>

/* The hash value, a and e lowest. */
struct value {
	uint32x4_t abcd, efgh;
};

/* Four words of the block, the first lowest. */
static uint32x4_t load(const uint8_t *p)
{
	return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

/* Four rounds. */
static inline void mix(struct value *v, uint32x4_t w, const uint32_t *k)
{
	uint32x4_t kw = vaddq_u32(w, vld1q_u32(k)), abcd = v->abcd;

	v->abcd = vsha256hq_u32(abcd, v->efgh, kw);
	v->efgh = vsha256h2q_u32(v->efgh, abcd, kw);
}

/* The four words that follow the sixteen of w0 to w3. */
static inline uint32x4_t extend(uint32x4_t w0, uint32x4_t w1, uint32x4_t w2,
				uint32x4_t w3)
{
	return vsha256su1q_u32(vsha256su0q_u32(w0, w1), w2, w3);
}

static struct value mix_block(struct value v, const uint8_t *p)
{
	uint32x4_t w0 = load(p), w1 = load(p + 16);
	uint32x4_t w2 = load(p + 32), w3 = load(p + 48);

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

static void native(uint32_t h[8], const uint8_t *p, size_t n)
{
	struct value sum = { vld1q_u32(h), vld1q_u32(h + 4) };

	for (; n > 0; n--, p += ROUNDS_BLOCK) {
		struct value v = mix_block(sum, p);

		sum.abcd = vaddq_u32(sum.abcd, v.abcd);
		sum.efgh = vaddq_u32(sum.efgh, v.efgh);
	}
	vst1q_u32(h, sum.abcd);
	vst1q_u32(h + 4, sum.efgh);
}

void (*const rounds_native)(uint32_t h[8], const uint8_t *p, size_t n) = native;
