#include "wire/tls/keys12.h"
#include "crypt/ct.h"
#include "crypt/prf.h"

static struct bytes master_of(const struct keys12 *k)
{
	return (struct bytes){ k->master, sizeof k->master };
}

static void put_randoms(uint8_t to[2 * KEYS12_RANDOM], const uint8_t *first,
			const uint8_t *second)
{
	memcpy(to, first, KEYS12_RANDOM);
	memcpy(to + KEYS12_RANDOM, second, KEYS12_RANDOM);
}

void keys12_plain(struct keys12 *k, struct bytes premaster)
{
	uint8_t seed[2 * KEYS12_RANDOM];

	put_randoms(seed, k->client, k->server);
	prf(k->alg, premaster, "master secret", bytes_in(SPAN(seed)),
	    SPAN(k->master));
}

void keys12_extended(struct keys12 *k, struct bytes premaster,
		     struct bytes digest)
{
	prf(k->alg, premaster, "extended master secret", digest,
	    SPAN(k->master));
}

/* Moves n bytes from the front of *block. */
static void cut(uint8_t *to, const uint8_t **block, size_t n)
{
	memcpy(to, *block, n);
	*block += n;
}

void keys12_ways(const struct keys12 *k, const struct tls_suite *s,
		 struct tls_way *client, struct tls_way *server)
{
	uint8_t seed[2 * KEYS12_RANDOM], block[2 * (32 + AEAD_NONCE)];
	const uint8_t *p = block;
	size_t key = s->aead->key, iv = AEAD_NONCE - (size_t)s->nonce;

	*client = *server = (struct tls_way){ .seq = 0 };
	put_randoms(seed, k->server, k->client);
	prf(k->alg, master_of(k), "key expansion", bytes_in(SPAN(seed)),
	    (struct span){ block, 2 * (key + iv) });
	cut(client->key, &p, key);
	cut(server->key, &p, key);
	cut(client->iv, &p, iv);
	cut(server->iv, &p, iv);
	ct_wipe(block, sizeof block);
}

void keys12_finished(const struct keys12 *k, enum tls_role by,
		     struct bytes digest, uint8_t out[KEYS12_FINISHED])
{
	prf(k->alg, master_of(k),
	    by == TLS_CLIENT ? "client finished" : "server finished", digest,
	    (struct span){ out, KEYS12_FINISHED });
}

bool keys12_export(const struct keys12 *k, const char *label,
		   struct bytes context, struct span out)
{
	uint8_t seed[2 * KEYS12_RANDOM + 2 + TLS_EXPORT_MOST];
	uint8_t *p = seed + 2 * KEYS12_RANDOM;

	if (context.n > TLS_EXPORT_MOST)
		return false;
	put_randoms(seed, k->client, k->server);
	if (context.p) {
		*p++ = 0;
		*p++ = (uint8_t)context.n;
		memcpy(p, context.p, context.n);
		p += context.n;
	}
	prf(k->alg, master_of(k), label,
	    (struct bytes){ seed, (size_t)(p - seed) }, out);
	return true;
}
