#include "crypt/hash.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* FIPS 180-4 4.1.1 and 4.2.1, by round of 20 steps. */
static uint32_t choose(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0:
		return (d ^ (b & (c ^ d))) + 0x5a827999;
	case 2:
		return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
	default:
		return (b ^ c ^ d) + (round == 1 ? 0x6ed9eba1 : 0xca62c1d6);
	}
}

/* FIPS 180-4 6.1.3: the schedule in the last 16 words. */
static void compress(uint32_t h[5], uint32_t w[16])
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (unsigned t = 0; t < 80; t++) {
		uint32_t sum;

		if (t >= 16)
			w[t % 16] = rotl32(w[(t + 13) % 16] ^ w[(t + 8) % 16] ^
						   w[(t + 2) % 16] ^ w[t % 16],
					   1);
		sum = rotl32(a, 5) + choose(t / 20, b, c, d) + e + w[t % 16];
		e = d;
		d = c;
		c = rotl32(b, 30);
		b = a;
		a = sum;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

static void blocks(union hash_words *h, const uint8_t *p, size_t n)
{
	uint32_t w[16];

	for (; n > 0; n--, p += 64) {
		for (unsigned t = 0; t < 16; t++)
			w[t] = load32_be(p + 4 * (size_t)t);
		compress(h->w, w);
	}
	ct_wipe(w, sizeof(w));
}

const struct hash_alg hash_sha1 = {
	.name = "SHA-1",
	.size = SHA1_SIZE,
	.block = 64,
	.word = 4,
	.start = { .w = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
			  0xc3d2e1f0 } },
	.blocks = blocks,
};
