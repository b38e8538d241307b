/* Where 32 bits by 32 are what a processor multiplies. */
#include "crypt/poly1305.h"
#include "crypt/words.h"

enum { LIMBS = 5, LOW26 = 0x3ffffff };

static void split(uint32_t to[LIMBS], const uint8_t b[16])
{
	to[0] = load32_le(b) & LOW26;
	to[1] = load32_le(b + 3) >> 2 & LOW26;
	to[2] = load32_le(b + 6) >> 4 & LOW26;
	to[3] = load32_le(b + 9) >> 6;
	to[4] = load32_le(b + 12) >> 8;
}

/* RFC 8439 2.5.1: some bits of r are cleared, so that nothing overflows. Below
 * r stands 5 r, for what is past the top limb: 2^130 = 5 (mod p).
 */
void poly1305_start(struct poly1305 *p, const uint8_t r[16])
{
	static const uint32_t clear[LIMBS] = { 0x3ffffff, 0x3ffff03, 0x3ffc0ff,
					       0x3f03fff, 0x00fffff };
	uint32_t *at = p->narrow.r + LIMBS - 1;

	split(at, r);
	for (unsigned i = 0; i < LIMBS; i++)
		at[i] &= clear[i];
	for (unsigned i = 0; i < LIMBS - 1; i++)
		p->narrow.r[i] = 5 * at[i + 1];
}

/* A limb of h * r. */
static inline uint64_t limb(const uint32_t h[LIMBS], const uint32_t *r)
{
	return (uint64_t)h[0] * r[4] + (uint64_t)h[1] * r[3] +
	       (uint64_t)h[2] * r[2] + (uint64_t)h[3] * r[1] +
	       (uint64_t)h[4] * r[0];
}

static void multiply(uint32_t h[LIMBS], const uint32_t *r)
{
	uint64_t d0 = limb(h, r), d1 = limb(h, r + 1), d2 = limb(h, r + 2);
	uint64_t d3 = limb(h, r + 3), d4 = limb(h, r + 4);

	d1 += d0 >> 26;
	d2 += d1 >> 26;
	d3 += d2 >> 26;
	d4 += d3 >> 26;
	d0 = (d0 & LOW26) + (d4 >> 26) * 5;
	h[0] = (uint32_t)d0 & LOW26;
	h[1] = ((uint32_t)d1 & LOW26) + (uint32_t)(d0 >> 26);
	h[2] = (uint32_t)d2 & LOW26;
	h[3] = (uint32_t)d3 & LOW26;
	h[4] = (uint32_t)d4 & LOW26;
}

void poly1305_blocks(struct poly1305 *p, const uint8_t *b, size_t blocks)
{
	for (; blocks > 0; blocks--, b += POLY1305_BLOCK) {
		uint32_t t[LIMBS];

		split(t, b);
		t[4] |= 1 << 24;
		for (unsigned i = 0; i < LIMBS; i++)
			p->narrow.h[i] += t[i];
		multiply(p->narrow.h, p->narrow.r);
	}
}

/* Carries from limb 0 up; what passes the top is returned. */
static uint32_t settle(uint32_t h[LIMBS], uint32_t carry)
{
	for (unsigned i = 0; i < LIMBS; i++) {
		h[i] += carry;
		carry = h[i] >> 26;
		h[i] &= LOW26;
	}
	return carry;
}

void poly1305_sum(struct poly1305 *p, uint32_t sum[4])
{
	uint32_t *h = p->narrow.h, g[LIMBS], keep;

	h[0] += 5 * settle(h, 0);
	h[0] += 5 * settle(h, 0);
	/* h - p = h + 5 - 2^130, if that is not negative. */
	memcpy(g, h, sizeof(g));
	keep = settle(g, 5) - 1;
	for (unsigned i = 0; i < LIMBS; i++)
		h[i] = (h[i] & keep) | (g[i] & ~keep);
	sum[0] = h[0] | h[1] << 26;
	sum[1] = h[1] >> 6 | h[2] << 20;
	sum[2] = h[2] >> 12 | h[3] << 14;
	sum[3] = h[3] >> 18 | h[4] << 8;
}
