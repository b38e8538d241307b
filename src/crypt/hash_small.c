/* hash with SHA-256 alone, for small builds: nobody asks for another there. */
#include "crypt/hash.h"
#include "crypt/ct.h"
#include "crypt/words.h"

enum { BLOCK = 64, LENGTH = 8 };

void hash_init(struct hash *s, const struct hash_alg *alg)
{
	s->alg = alg;
	s->n = 0;
	s->h = alg->start;
}

void hash_add(struct hash *s, struct bytes b)
{
	while (b.n > 0) {
		size_t at = (size_t)s->n % BLOCK, n = min_size(b.n, BLOCK - at);

		memcpy(s->block + at, b.p, n);
		if (at + n == BLOCK)
			s->alg->blocks(&s->h, s->block, 1);
		s->n += n;
		b = (struct bytes){ b.p + n, b.n - n };
	}
}

/* A one bit, zeros up to where the length in bits has its place. */
static void pad(struct hash *s)
{
	static const uint8_t zeros[BLOCK] = { 0x80 };
	uint8_t bits[LENGTH];
	size_t more = 3 * BLOCK - 1 - LENGTH - (size_t)s->n % BLOCK;

	store64_be(bits, s->n << 3);
	hash_add(s, (struct bytes){ zeros, 1 + more % BLOCK });
	hash_add(s, (struct bytes){ bits, sizeof bits });
}

void hash_end(struct hash *s, uint8_t *out)
{
	pad(s);
	for (unsigned i = 0; i < SHA256_SIZE / 4; i++)
		store32_be(out + 4 * (size_t)i, s->h.w[i]);
	ct_wipe(s, sizeof(*s));
}
