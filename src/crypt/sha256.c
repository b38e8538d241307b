#include "crypt/sha256.h"
#include "crypt/ct.h"
#include "crypt/rounds.h"

static void (*rounds)(uint32_t h[8], const uint8_t *p,
		      size_t n) = rounds_portable;

void sha256_native(bool has)
{
	rounds = has && rounds_native ? rounds_native : rounds_portable;
}

/* FIPS 180-4 5.3.3: of the square roots of the first 8. */
static const uint32_t start[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};

static void store(uint8_t *p, uint32_t x)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(x >> (24 - 8 * i));
}

void sha256_init(struct sha256 *s)
{
	*s = (struct sha256){ .n = 0 };
	memcpy(s->h, start, sizeof(start));
}

void sha256_add(struct sha256 *s, struct bytes b)
{
	while (b.n > 0) {
		size_t held = s->n % SHA256_BLOCK, blocks = b.n / SHA256_BLOCK;
		size_t n = min_size(b.n, SHA256_BLOCK - held);

		if (held == 0 && blocks > 0) {
			n = blocks * SHA256_BLOCK;
			rounds(s->h, b.p, blocks);
		} else {
			memcpy(s->block + held, b.p, n);
			if (held + n == SHA256_BLOCK)
				rounds(s->h, s->block, 1);
		}
		s->n += n;
		b = (struct bytes){ b.p + n, b.n - n };
	}
}

/* FIPS 180-4 5.1.1: a one bit, zeros, and the length in bits in eight bytes. */
void sha256_end(struct sha256 *s, uint8_t out[SHA256_SIZE])
{
	static const uint8_t pad[SHA256_BLOCK] = { 0x80 };
	size_t zeros = (SHA256_BLOCK + 55 - s->n % SHA256_BLOCK) % SHA256_BLOCK;
	uint8_t bits[8];

	store(bits, (uint32_t)(s->n >> 29));
	store(bits + 4, (uint32_t)(s->n << 3));
	sha256_add(s, (struct bytes){ pad, 1 + zeros });
	sha256_add(s, (struct bytes){ bits, sizeof(bits) });
	for (size_t i = 0; i < 8; i++)
		store(out + 4 * i, s->h[i]);
	ct_wipe(s, sizeof(*s));
}
