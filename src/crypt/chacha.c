#include "crypt/chacha.h"
#include "crypt/ct.h"
#include "crypt/words.h"

/* RFC 8439 2.1. */
static inline void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b;
	*d = rotl32(*d ^ *a, 16);
	*c += *d;
	*b = rotl32(*b ^ *c, 12);
	*a += *b;
	*d = rotl32(*d ^ *a, 8);
	*c += *d;
	*b = rotl32(*b ^ *c, 7);
}

/* RFC 8439 2.3: columns, then diagonals. */
static void block(uint32_t x[16], const uint32_t state[16])
{
	memcpy(x, state, 16 * sizeof(*x));
	for (unsigned round = 0; round < 10; round++) {
		quarter(x + 0, x + 4, x + 8, x + 12);
		quarter(x + 1, x + 5, x + 9, x + 13);
		quarter(x + 2, x + 6, x + 10, x + 14);
		quarter(x + 3, x + 7, x + 11, x + 15);
		quarter(x + 0, x + 5, x + 10, x + 15);
		quarter(x + 1, x + 6, x + 11, x + 12);
		quarter(x + 2, x + 7, x + 8, x + 13);
		quarter(x + 3, x + 4, x + 9, x + 14);
	}
	for (unsigned i = 0; i < 16; i++)
		x[i] += state[i];
}

static void xor_whole(uint8_t *p, const uint32_t x[16])
{
	for (unsigned i = 0; i < 16; i++)
		store32_le(p + 4 * (size_t)i,
			   load32_le(p + 4 * (size_t)i) ^ x[i]);
}

static void xor_part(struct span text, const uint32_t x[16])
{
	for (size_t i = 0; i < text.n; i++)
		text.p[i] ^= (uint8_t)(x[i / 4] >> 8 * (i % 4));
}

static void xor_singly(uint32_t state[16], struct span text)
{
	uint32_t x[16];

	for (; text.n >= CHACHA_BLOCK; text.n -= CHACHA_BLOCK) {
		block(x, state);
		xor_whole(text.p, x);
		text.p += CHACHA_BLOCK;
		state[12]++;
	}
	if (text.n > 0) {
		block(x, state);
		xor_part(text, x);
	}
	ct_wipe(x, sizeof(x));
}

void chacha_xor(const struct chacha *c, const uint8_t nonce[CHACHA_NONCE],
		uint32_t counter, struct span text)
{
	/* "expand 32-byte k" */
	uint32_t s[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };
	size_t done;

	for (size_t i = 0; i < 8; i++)
		s[4 + i] = load32_le(c->key + 4 * i);
	s[12] = counter;
	for (size_t i = 0; i < 3; i++)
		s[13 + i] = load32_le(nonce + 4 * i);
	done = c->wide ? c->wide(s, text) : 0;
	xor_singly(s, (struct span){ text.p + done, text.n - done });
	ct_wipe(s, sizeof(s));
}
