#include "crypt/poly1305.h"
#include "crypt/ct.h"
#include "crypt/words.h"

void poly1305_init(struct poly1305 *p, const uint8_t key[POLY1305_KEY])
{
	*p = (struct poly1305){ .pad = { 0 } };
	poly1305_start(p, key);
	memcpy(p->pad, key + 16, sizeof(p->pad));
}

void poly1305_add(struct poly1305 *p, struct bytes b)
{
	size_t done = p->many ? p->many(p, b) : 0, rest = b.n % POLY1305_BLOCK;
	uint8_t last[POLY1305_BLOCK] = { 0 };

	if (b.n == 0)
		return;
	poly1305_blocks(p, b.p + done, (b.n - done) / POLY1305_BLOCK);
	if (rest == 0)
		return;
	memcpy(last, b.p + (b.n - rest), rest);
	poly1305_blocks(p, last, 1);
	ct_wipe(last, sizeof(last));
}

void poly1305_end(struct poly1305 *p, uint8_t tag[POLY1305_TAG])
{
	uint32_t sum[4];
	uint64_t carry = 0;

	poly1305_sum(p, sum);
	for (size_t i = 0; i < 4; i++) {
		carry += (uint64_t)sum[i] + load32_le(p->pad + 4 * i);
		store32_le(tag + 4 * i, (uint32_t)carry);
		carry >>= 32;
	}
	ct_wipe(sum, sizeof(sum));
	ct_wipe(p, sizeof(*p));
}
