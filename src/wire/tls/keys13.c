#include "wire/tls/keys13.h"
#include "crypt/ct.h"
#include "crypt/hkdf.h"
#include "crypt/hmac.h"
#include "wire/tls/pack.h"
#include <assert.h>

#define PREFIX "tls13 "

void keys13_expand(const struct hash_alg *alg, const uint8_t *secret,
		   const char *label, struct bytes context, struct span out)
{
	uint8_t room[2 + 1 + sizeof PREFIX + KEYS13_LABEL_MOST + 1 + HASH_MOST];
	struct pack info = pack_to(SPAN(room));
	size_t mark;

	pack_u16(&info, (uint16_t)out.n);
	mark = pack_open(&info, 1);
	pack_bytes(&info, BYTES(PREFIX));
	pack_bytes(&info, bytes_of(label));
	pack_close(&info, mark, 1);
	pack_vector(&info, context, 1);
	assert(!info.full);
	hkdf_expand(alg, (struct bytes){ secret, alg->size }, pack_done(&info),
		    out);
}

static void digest_of(const struct hash_alg *alg, struct bytes b, uint8_t *out)
{
	struct hash h;

	hash_init(&h, alg);
	hash_add(&h, b);
	hash_end(&h, out);
}

void keys13_derive(const struct keys13 *k, const char *label,
		   const uint8_t *digest, uint8_t *out)
{
	uint8_t none[HASH_MOST];

	if (!digest) {
		digest_of(k->alg, (struct bytes){ none, 0 }, none);
		digest = none;
	}
	keys13_expand(k->alg, k->secret, label,
		      (struct bytes){ digest, k->alg->size },
		      (struct span){ out, k->alg->size });
}

/* No secret: as many zeros as a digest has bytes. */
static void extract(struct keys13 *k, struct bytes salt, struct bytes secret)
{
	static const uint8_t zeros[HASH_MOST];

	if (secret.n == 0)
		secret = (struct bytes){ zeros, k->alg->size };
	hkdf_extract(k->alg, salt, secret, k->secret);
}

void keys13_start(struct keys13 *k, const struct hash_alg *alg,
		  struct bytes psk)
{
	k->alg = alg;
	extract(k, (struct bytes){ k->secret, 0 }, psk);
}

void keys13_mix(struct keys13 *k, struct bytes secret)
{
	uint8_t salt[HASH_MOST];

	keys13_derive(k, "derived", NULL, salt);
	extract(k, (struct bytes){ salt, k->alg->size }, secret);
	ct_wipe(salt, sizeof salt);
}

void keys13_way(const struct tls_suite *s, const uint8_t *secret,
		struct tls_way *way)
{
	static const struct bytes none = { NULL, 0 };

	keys13_expand(s->hash, secret, "key", none,
		      (struct span){ way->key, s->aead->key });
	keys13_expand(s->hash, secret, "iv", none, SPAN(way->iv));
	way->seq = 0;
	way->on = true;
}

void keys13_update(const struct hash_alg *alg, uint8_t *secret)
{
	uint8_t next[HASH_MOST];

	keys13_expand(alg, secret, "traffic upd", (struct bytes){ NULL, 0 },
		      (struct span){ next, alg->size });
	memcpy(secret, next, alg->size);
	ct_wipe(next, sizeof next);
}

void keys13_finished(const struct hash_alg *alg, const uint8_t *secret,
		     const uint8_t *digest, uint8_t *out)
{
	uint8_t key[HASH_MOST];

	keys13_expand(alg, secret, "finished", (struct bytes){ NULL, 0 },
		      (struct span){ key, alg->size });
	hmac_of(alg, (struct bytes){ key, alg->size },
		(struct bytes){ digest, alg->size }, out);
	ct_wipe(key, sizeof key);
}

void keys13_export(const struct hash_alg *alg, const uint8_t *exporter,
		   const char *label, struct bytes context, struct span out)
{
	struct keys13 k = { .alg = alg };
	uint8_t secret[HASH_MOST], digest[HASH_MOST];

	memcpy(k.secret, exporter, alg->size);
	keys13_derive(&k, label, NULL, secret);
	digest_of(alg, context, digest);
	keys13_expand(alg, secret, "exporter",
		      (struct bytes){ digest, alg->size }, out);
	ct_wipe(&k, sizeof k);
	ct_wipe(secret, sizeof secret);
}
