/* Where the compiler multiplies 64 bits by 64. */
#include "crypt/poly1305.h"
#include "crypt/words.h"

typedef unsigned u128 __attribute__((mode(TI)));

#define LOW44 (((uint64_t)1 << 44) - 1)
#define LOW42 (((uint64_t)1 << 42) - 1)

/* A sum of products, limb by limb. */
struct product {
	u128 d0, d1, d2;
};

/* s + h * r, with 2^132 = 20 (mod p) for what is past the top limb. */
static inline void add_product(struct product *s, const uint64_t h[3],
			       const uint64_t r[3])
{
	uint64_t past1 = r[1] * 20, past2 = r[2] * 20;

	s->d0 += (u128)h[0] * r[0] + (u128)h[1] * past2 + (u128)h[2] * past1;
	s->d1 += (u128)h[0] * r[1] + (u128)h[1] * r[0] + (u128)h[2] * past2;
	s->d2 += (u128)h[0] * r[2] + (u128)h[1] * r[1] + (u128)h[2] * r[0];
}

/* Limb 1 may be left a few bits longer than 44. */
static inline void carry(uint64_t h[3], struct product *s)
{
	s->d1 += (uint64_t)(s->d0 >> 44);
	s->d2 += (uint64_t)(s->d1 >> 44);
	h[0] = ((uint64_t)s->d0 & LOW44) + (uint64_t)(s->d2 >> 42) * 5;
	h[1] = ((uint64_t)s->d1 & LOW44) + (h[0] >> 44);
	h[0] &= LOW44;
	h[2] = (uint64_t)s->d2 & LOW42;
}

static inline void add_block(uint64_t h[3], const uint8_t *b)
{
	uint64_t t0 = load64_le(b), t1 = load64_le(b + 8);

	h[0] += t0 & LOW44;
	h[1] += (t0 >> 44 | t1 << 20) & LOW44;
	h[2] += t1 >> 24 | (uint64_t)1 << 40;
}

void poly1305_times(uint64_t h[3], const uint64_t r[3])
{
	struct product s = { 0, 0, 0 };

	add_product(&s, h, r);
	carry(h, &s);
}

/* RFC 8439 2.5.1: some bits of r are cleared. */
void poly1305_start(struct poly1305 *p, const uint8_t r[16])
{
	uint64_t a = load64_le(r) & 0x0ffffffc0fffffff;
	uint64_t b = load64_le(r + 8) & 0x0ffffffc0ffffffc;

	p->wide.r[0] = a & LOW44;
	p->wide.r[1] = (a >> 44 | b << 20) & LOW44;
	p->wide.r[2] = b >> 24;
	memcpy(p->wide.square, p->wide.r, sizeof(p->wide.r));
	poly1305_times(p->wide.square, p->wide.r);
}

/* h = (h + block) * r; two at a time, (h + block) * r^2 + next * r, because one
 * carry after two products that do not wait for one another is half the time.
 */
void poly1305_blocks(struct poly1305 *p, const uint8_t *b, size_t blocks)
{
	uint64_t h[3] = { p->wide.h[0], p->wide.h[1], p->wide.h[2] };

	for (; blocks >= 2; blocks -= 2, b += 2 * POLY1305_BLOCK) {
		struct product s = { 0, 0, 0 };
		uint64_t next[3] = { 0, 0, 0 };

		add_block(h, b);
		add_product(&s, h, p->wide.square);
		add_block(next, b + POLY1305_BLOCK);
		add_product(&s, next, p->wide.r);
		carry(h, &s);
	}
	if (blocks > 0) {
		add_block(h, b);
		poly1305_times(h, p->wide.r);
	}
	memcpy(p->wide.h, h, sizeof(h));
}

/* Carries once around. */
static void settle(uint64_t h[3])
{
	h[1] += h[0] >> 44;
	h[0] &= LOW44;
	h[2] += h[1] >> 44;
	h[1] &= LOW44;
	h[0] += (h[2] >> 42) * 5;
	h[2] &= LOW42;
	h[1] += h[0] >> 44;
	h[0] &= LOW44;
}

void poly1305_sum(struct poly1305 *p, uint32_t sum[4])
{
	uint64_t *h = p->wide.h, g[3], keep;

	settle(h);
	settle(h);
	/* h - p = h + 5 - 2^130, if that is not negative. */
	g[0] = h[0] + 5;
	g[1] = h[1] + (g[0] >> 44);
	g[2] = h[2] + (g[1] >> 44) - ((uint64_t)1 << 42);
	keep = 0 - (g[2] >> 63);
	h[0] = (h[0] & keep) | (g[0] & LOW44 & ~keep);
	h[1] = (h[1] & keep) | (g[1] & LOW44 & ~keep);
	h[2] = (h[2] & keep) | (g[2] & LOW42 & ~keep);
	sum[0] = (uint32_t)h[0];
	sum[1] = (uint32_t)(h[0] >> 32 | h[1] << 12);
	sum[2] = (uint32_t)(h[1] >> 20 | h[2] << 24);
	sum[3] = (uint32_t)(h[2] >> 8);
}
