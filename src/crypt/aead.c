#include "crypt/aead.h"
#include "crypt/ct.h"
#include "crypt/poly1305.h"
#include "crypt/words.h"

/* What aead_native was told. */
static const struct gcm_way *gcm = &gcm_plain;
static size_t (*wide)(uint32_t state[16], struct span text);

void aead_native(bool aes, bool avx2)
{
	gcm = aes && gcm_native ? gcm_native : &gcm_plain;
	wide = avx2 ? chacha_native : NULL;
}

/* ---- AES-GCM ---- */

static void aes128_init(struct aead *a, const uint8_t *key)
{
	gcm_init(&a->gcm, gcm, (struct bytes){ key, 16 });
}

static void aes256_init(struct aead *a, const uint8_t *key)
{
	gcm_init(&a->gcm, gcm, (struct bytes){ key, 32 });
}

static void aes_crypt(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
		      struct span text)
{
	gcm_crypt(&a->gcm, nonce, text);
}

static void aes_tag(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
		    struct bytes aad, struct bytes text, uint8_t tag[AEAD_TAG])
{
	gcm_tag(&a->gcm, nonce, aad, text, tag);
}

/* ---- ChaCha20-Poly1305, RFC 8439 2.8 ---- */

static void chacha_init(struct aead *a, const uint8_t *key)
{
	a->chacha.wide = wide;
	memcpy(a->chacha.key, key, CHACHA_KEY);
}

static void chacha_crypt(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
			 struct span text)
{
	chacha_xor(&a->chacha, nonce, 1, text);
}

/* 2.6: the key of Poly1305 is the beginning of block 0. */
static void chacha_tag(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
		       struct bytes aad, struct bytes text,
		       uint8_t tag[AEAD_TAG])
{
	uint8_t key[POLY1305_KEY] = { 0 }, sizes[16];
	struct poly1305 p;

	chacha_xor(&a->chacha, nonce, 0, SPAN(key));
	poly1305_init(&p, key);
	p.many = a->chacha.wide ? poly1305_native : NULL;
	ct_wipe(key, sizeof(key));
	store64_le(sizes, aad.n);
	store64_le(sizes + 8, text.n);
	poly1305_add(&p, aad);
	poly1305_add(&p, text);
	poly1305_add(&p, bytes_in(SPAN(sizes)));
	poly1305_end(&p, tag);
}

/* ---- all ---- */

const struct aead_alg aead_aes128_gcm = { "AES-128-GCM", 16, aes128_init,
					  aes_crypt, aes_tag };
const struct aead_alg aead_aes256_gcm = { "AES-256-GCM", 32, aes256_init,
					  aes_crypt, aes_tag };
const struct aead_alg aead_chacha20_poly1305 = { "ChaCha20-Poly1305",
						 CHACHA_KEY, chacha_init,
						 chacha_crypt, chacha_tag };

void aead_init(struct aead *a, const struct aead_alg *alg, const uint8_t *key)
{
	a->alg = alg;
	alg->init(a, key);
}

void aead_seal(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
	       struct bytes aad, struct span text, uint8_t tag[AEAD_TAG])
{
	a->alg->crypt(a, nonce, text);
	a->alg->tag(a, nonce, aad, bytes_in(text), tag);
}

bool aead_open(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
	       struct bytes aad, struct span text, const uint8_t tag[AEAD_TAG])
{
	uint8_t right[AEAD_TAG];
	bool same;

	a->alg->tag(a, nonce, aad, bytes_in(text), right);
	same = ct_equal((struct bytes){ right, AEAD_TAG },
			(struct bytes){ tag, AEAD_TAG });
	ct_wipe(right, sizeof(right));
	if (same)
		a->alg->crypt(a, nonce, text);
	return same;
}
