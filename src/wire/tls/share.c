#include "wire/tls/share.h"
#include "crypt/ec.h"
#include "crypt/x25519.h"

static void x25519_make(uint8_t *key, uint8_t *public,
			void (*fill)(struct span to))
{
	fill((struct span){ key, SHARE_KEY });
	x25519_public(public, key);
}

static bool x25519_agree(uint8_t *secret, const uint8_t *key,
			 struct bytes public)
{
	return x25519_shared(secret, key, public.p);
}

static void p256_make(uint8_t *key, uint8_t *public,
		      void (*fill)(struct span to))
{
	do
		fill((struct span){ key, SHARE_KEY });
	while (!ec_public(public, (struct bytes){ key, SHARE_KEY }, &ec_p256));
}

static bool p256_agree(uint8_t *secret, const uint8_t *key, struct bytes public)
{
	return ec_shared(secret, (struct bytes){ key, SHARE_KEY }, public,
			 &ec_p256);
}

const struct share shares[SHARES] = {
	{ 29, 32, x25519_make, x25519_agree },
	{ 23, 65, p256_make, p256_agree },
};

const struct share *share_of(uint16_t group, uint32_t set)
{
	for (size_t i = 0; i < SHARES; i++)
		if (shares[i].group == group && (!set || set >> i & 1))
			return &shares[i];
	return NULL;
}

void share_make(const struct share *s, uint8_t key[SHARE_KEY],
		uint8_t public[SHARE_PUBLIC], void (*fill)(struct span to))
{
	s->make(key, public, fill);
}

bool share_agree(const struct share *s, uint8_t secret[SHARE_KEY],
		 const uint8_t key[SHARE_KEY], struct bytes public)
{
	return public.n == s->public_n && s->agree(secret, key, public);
}
