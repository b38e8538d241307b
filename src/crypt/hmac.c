#include "crypt/hmac.h"
#include "crypt/ct.h"

/* The state of a hash that has heard the key, each byte of it XOR pad. */
static union hash_words key_in(const struct hash_alg *alg,
			       const uint8_t key[HASH_BLOCK_MOST], uint8_t pad)
{
	uint8_t block[HASH_BLOCK_MOST];
	union hash_words h = alg->start;

	for (size_t i = 0; i < alg->block; i++)
		block[i] = key[i] ^ pad;
	alg->blocks(&h, block, 1);
	ct_wipe(block, sizeof(block));
	return h;
}

/* RFC 2104 2. */
void hmac_init(struct hmac *h, const struct hash_alg *alg, struct bytes key)
{
	uint8_t block[HASH_BLOCK_MOST] = { 0 };

	hash_init(&h->hash, alg);
	if (key.n > alg->block) {
		hash_add(&h->hash, key);
		hash_end(&h->hash, block);
	} else if (key.n > 0) {
		memcpy(block, key.p, key.n);
	}
	h->hash.alg = alg;
	h->hash.n = alg->block;
	h->hash.h = key_in(alg, block, 0x36);
	h->outer = key_in(alg, block, 0x5c);
	ct_wipe(block, sizeof(block));
}

void hmac_add(struct hmac *h, struct bytes b)
{
	hash_add(&h->hash, b);
}

void hmac_end(struct hmac *h, uint8_t *out)
{
	const struct hash_alg *alg = h->hash.alg;

	hash_end(&h->hash, out);
	h->hash.alg = alg;
	h->hash.n = alg->block;
	h->hash.h = h->outer;
	hash_add(&h->hash, (struct bytes){ out, alg->size });
	hash_end(&h->hash, out);
	ct_wipe(&h->outer, sizeof(h->outer));
}

void hmac_of(const struct hash_alg *alg, struct bytes key, struct bytes text,
	     uint8_t *out)
{
	struct hmac h;

	hmac_init(&h, alg, key);
	hmac_add(&h, text);
	hmac_end(&h, out);
}
