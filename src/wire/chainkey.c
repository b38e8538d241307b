#include "wire/chainkey.h"
#include "crypt/ct.h"

static const uint8_t exponent[] = { 1, 0, 1 };

void chain_key_print(uint8_t spki[CHAIN_SPKI], const uint8_t n[CHAIN_MODULUS])
{
	struct der_out o = der_out((struct span){ spki, CHAIN_SPKI });
	const struct spki k = { .n = { n, CHAIN_MODULUS },
				.e = { exponent, sizeof exponent } };

	spki_put(&o, &k);
}

static void hash(uint8_t to[SHA256_SIZE], struct bytes b)
{
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, b);
	hash_end(&h, to);
}

bool chain_key_parse(uint8_t n[CHAIN_MODULUS], uint8_t id[CHAIN_ID],
		     const uint8_t spki[CHAIN_SPKI])
{
	const struct bytes der = { spki, CHAIN_SPKI },
			   e = { exponent, sizeof exponent };
	struct spki k;

	if (!spki_parse(&k, der) || k.curve || k.n.n != CHAIN_MODULUS ||
	    !bytes_equal(k.e, e) || !(k.n.p[0] & 0x80) ||
	    !(k.n.p[CHAIN_MODULUS - 1] & 1))
		return false;
	memcpy(n, k.n.p, CHAIN_MODULUS);
	hash(id, der);
	return true;
}

int chain_self_init(struct chain_self *s, const struct key *k)
{
	uint8_t room[KEY_SPKI_MOST], n[CHAIN_MODULUS];
	struct der_out o = der_out(SPAN(room));
	struct bytes der;

	key_put_spki(&o, k);
	der = der_written(&o);
	if (der.n != CHAIN_SPKI || !chain_key_parse(n, s->id, der.p))
		return -NAT_EINVAL;
	s->key = *k;
	memcpy(s->spki, der.p, CHAIN_SPKI);
	return 0;
}

static struct bytes text_of(const struct chain *m, struct span room)
{
	struct fmt f = fmt_to(room);

	chain_print_signed(&f, m);
	return fmt_done(&f);
}

bool chain_sign(struct chain *m, struct chain_self *s)
{
	char room[CHAIN_TEXT];
	uint8_t digest[SHA256_SIZE];
	const struct rsa_text text = { &hash_sha256,
				       { digest, sizeof digest } };

	hash(digest, text_of(m, SPAN(room)));
	return rsa_sign_pkcs1(&s->key.r, &text, m->sign);
}

bool chain_verify(const struct chain *m, const uint8_t n[CHAIN_MODULUS])
{
	char room[CHAIN_TEXT];
	uint8_t digest[SHA256_SIZE];
	const struct rsa_text text = { &hash_sha256,
				       { digest, sizeof digest } };
	const struct bytes modulus = { n, CHAIN_MODULUS },
			   e = { exponent, sizeof exponent };
	struct rsa_public pub;

	hash(digest, text_of(m, SPAN(room)));
	return rsa_public_init(&pub, modulus, e) &&
	       rsa_verify_pkcs1(&pub, &text,
				(struct bytes){ m->sign, CHAIN_SIGN });
}

static void mac(uint8_t to[SHA256_SIZE], const struct chain *m,
		const struct hmac *keyed)
{
	struct hmac h = *keyed;
	char room[CHAIN_TEXT];

	hmac_add(&h, text_of(m, SPAN(room)));
	hmac_end(&h, to);
}

void chain_group(struct chain *m, const struct hmac *keyed)
{
	m->grouped = true;
	mac(m->group, m, keyed);
}

bool chain_group_good(const struct chain *m, const struct hmac *keyed)
{
	uint8_t good[SHA256_SIZE];

	mac(good, m, keyed);
	return m->grouped && ct_equal(bytes_in(SPAN(good)),
				      (struct bytes){ m->group, CHAIN_GROUP });
}

void chain_mac(struct chain *m, const struct hmac *keyed)
{
	uint8_t all[SHA256_SIZE];

	m->maced = true;
	mac(all, m, keyed);
	memcpy(m->mac, all, CHAIN_MAC);
}

bool chain_mac_good(const struct chain *m, const struct hmac *keyed)
{
	uint8_t good[SHA256_SIZE];

	mac(good, m, keyed);
	return ct_equal((struct bytes){ good, CHAIN_MAC },
			(struct bytes){ m->mac, CHAIN_MAC });
}
