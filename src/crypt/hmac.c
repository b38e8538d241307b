#include "crypt/hmac.h"
#include "crypt/ct.h"

/* A hash that has heard the key, each byte of it XOR pad. */
static void key_in(struct sha256 *s, const uint8_t key[SHA256_BLOCK],
		   uint8_t pad)
{
	uint8_t block[SHA256_BLOCK];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	sha256_init(s);
	sha256_add(s, (struct bytes){ block, sizeof(block) });
	ct_wipe(block, sizeof(block));
}

/* RFC 2104 2. */
void hmac_init(struct hmac *h, struct bytes key)
{
	uint8_t block[SHA256_BLOCK] = { 0 };

	if (key.n > sizeof(block)) {
		sha256_init(&h->inner);
		sha256_add(&h->inner, key);
		sha256_end(&h->inner, block);
	} else if (key.n > 0) {
		memcpy(block, key.p, key.n);
	}
	key_in(&h->inner, block, 0x36);
	key_in(&h->outer, block, 0x5c);
	ct_wipe(block, sizeof(block));
}

void hmac_add(struct hmac *h, struct bytes b)
{
	sha256_add(&h->inner, b);
}

void hmac_end(struct hmac *h, uint8_t out[SHA256_SIZE])
{
	sha256_end(&h->inner, out);
	sha256_add(&h->outer, (struct bytes){ out, SHA256_SIZE });
	sha256_end(&h->outer, out);
}
