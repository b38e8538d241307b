#include "crypt/hash.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* RFC 1321 3.4: of the sines of 1 to 64. */
static const uint32_t k[64] = {
	0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
	0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
	0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
	0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
	0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
	0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
	0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
	0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
	0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
	0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
	0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t shift[4][4] = { { 7, 12, 17, 22 },
				     { 5, 9, 14, 20 },
				     { 4, 11, 16, 23 },
				     { 6, 10, 15, 21 } };

/* Of step t, the word of the block that it takes. */
static const uint8_t times[4] = { 1, 5, 3, 7 }, plus[4] = { 0, 1, 5, 0 };

static uint32_t choose(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round) {
	case 0:
		return d ^ (b & (c ^ d));
	case 1:
		return c ^ (d & (b ^ c));
	case 2:
		return b ^ c ^ d;
	default:
		return c ^ (b | ~d);
	}
}

/* RFC 1321 3.4. */
static void compress(uint32_t h[4], const uint8_t *p)
{
	uint32_t a = h[0], b = h[1], c = h[2], d = h[3];

	for (unsigned t = 0; t < 64; t++) {
		unsigned r = t / 16, at = (t * times[r] + plus[r]) % 16;
		uint32_t sum = a + choose(r, b, c, d) + k[t] +
			       load32_le(p + 4 * (size_t)at);

		a = d;
		d = c;
		c = b;
		b += rotl32(sum, shift[r][t % 4]);
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
}

static void blocks(union hash_words *h, const uint8_t *p, size_t n)
{
	for (; n > 0; n--, p += 64)
		compress(h->w, p);
}

const struct hash_alg hash_md5 = {
	.name = "MD5",
	.size = MD5_SIZE,
	.block = 64,
	.word = 4,
	.little = true,
	.start = { .w = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 } },
	.blocks = blocks,
};
