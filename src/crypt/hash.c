#include "crypt/hash.h"
#include "crypt/ct.h"
#include "crypt/words.h"

void hash_init(struct hash *s, const struct hash_alg *alg)
{
	s->alg = alg;
	s->n = 0;
	s->h = alg->start;
}

/* Bytes of the block begun; blocks are powers of two. */
static size_t held(const struct hash *s)
{
	return (size_t)s->n & (s->alg->block - 1U);
}

void hash_add(struct hash *s, struct bytes b)
{
	const struct hash_alg *alg = s->alg;

	while (b.n > 0) {
		size_t at = held(s), n = min_size(b.n, alg->block - at);

		if (n == alg->block) {
			n = b.n - b.n % n;
			alg->blocks(&s->h, b.p, n / alg->block);
		} else {
			memcpy(s->block + at, b.p, n);
			if (at + n == alg->block)
				alg->blocks(&s->h, s->block, 1);
		}
		s->n += n;
		b = (struct bytes){ b.p + n, b.n - n };
	}
}

/* A one bit, zeros, and the length in bits in two words. */
static void pad(struct hash *s)
{
	const struct hash_alg *alg = s->alg;
	size_t at = held(s);
	uint8_t *bits = s->block + alg->block - 8;

	s->block[at++] = 0x80;
	memset(s->block + at, 0, alg->block - at);
	if (at > alg->block - 2U * alg->word) {
		alg->blocks(&s->h, s->block, 1);
		memset(s->block, 0, alg->block);
	}
	if (alg->little)
		store64_le(bits, s->n << 3);
	else
		store64_be(bits, s->n << 3);
	alg->blocks(&s->h, s->block, 1);
}

void hash_end(struct hash *s, uint8_t *out)
{
	const struct hash_alg *alg = s->alg;
	unsigned words = alg->size / alg->word;

	pad(s);
	for (unsigned i = 0; i < words; i++, out += alg->word) {
		if (alg->word == 8)
			store64_be(out, s->h.d[i]);
		else if (alg->little)
			store32_le(out, s->h.w[i]);
		else
			store32_be(out, s->h.w[i]);
	}
	ct_wipe(s, sizeof(*s));
}
