/* Hashes, what is made of them, ciphers: in plain C and natively. */
#include "ct.h"
#include "crypt/aead.h"
#include "crypt/ct.h"
#include "crypt/ghash.h"
#include "crypt/hkdf.h"
#include "crypt/hmac.h"
#include "crypt/poly1305.h"
#include "crypt/prf.h"
#include "crypt/sha256.h"
#include "os/cpu.h"

/* Longer than what anything takes at a time, and not a multiple. */
enum { TEXT = 1111 };

static void compare(void)
{
	uint8_t a[32], b[32];
	bool equal;

	ct_secret(SPAN(a));
	ct_secret(SPAN(b));
	equal = ct_equal(bytes_in(SPAN(a)), bytes_in(SPAN(b)));
	ct_public(&equal, sizeof(equal));
}

static void hash(const struct hash_alg *alg)
{
	uint8_t text[TEXT], out[HASH_MOST];
	struct hash h;

	ct_secret(SPAN(text));
	hash_init(&h, alg);
	hash_add(&h, (struct bytes){ text, 33 });
	hash_add(&h, (struct bytes){ text + 33, TEXT - 33 });
	hash_end(&h, out);
}

static void hashes(void)
{
	hash(&hash_md5);
	hash(&hash_sha1);
	hash(&hash_sha384);
	sha256_native(false);
	hash(&hash_sha256);
	sha256_native(cpu_has_sha256());
	hash(&hash_sha256);
}

static void keyed(void)
{
	uint8_t key[200], out[HASH_MOST];

	ct_secret(SPAN(key));
	hmac_of(&hash_sha256, bytes_in(SPAN(key)), BYTES("text"), out);
	hmac_of(&hash_sha384, (struct bytes){ key, 48 }, BYTES("text"), out);
}

static void derived(void)
{
	uint8_t secret[48], key[48], out[120];

	ct_secret(SPAN(secret));
	hkdf_extract(&hash_sha384, BYTES("salt"), bytes_in(SPAN(secret)), key);
	if (hkdf_expand(&hash_sha384, bytes_in(SPAN(key)), BYTES("info"),
			SPAN(out)))
		prf(&hash_sha256, bytes_in(SPAN(secret)), "label",
		    BYTES("seed"), SPAN(out));
}

static void authenticator(void)
{
	uint8_t key[POLY1305_KEY], text[TEXT], tag[POLY1305_TAG];
	struct poly1305 p;

	ct_secret(SPAN(key));
	ct_secret(SPAN(text));
	poly1305_init(&p, key);
	poly1305_add(&p, bytes_in(SPAN(text)));
	poly1305_end(&p, tag);
}

static void universal_hash(void)
{
	uint8_t h[16], text[TEXT], sum[16] = { 0 };

	ct_secret(SPAN(h));
	ct_secret(SPAN(text));
	ghash_add(sum, h, bytes_in(SPAN(text)));
}

/* Seals, and opens what was sealed; then what was not. */
static void aead(const struct aead_alg *alg)
{
	uint8_t key[AEAD_KEY_MOST], text[TEXT], tag[AEAD_TAG];
	const uint8_t nonce[AEAD_NONCE] = { 1 };
	struct aead a;
	bool good;

	ct_secret(SPAN(key));
	ct_secret(SPAN(text));
	aead_init(&a, alg, key);
	aead_seal(&a, nonce, BYTES("aad"), SPAN(text), tag);
	ct_public(text, sizeof(text));
	ct_public(tag, sizeof(tag));
	good = aead_open(&a, nonce, BYTES("aad"), SPAN(text), tag);
	ct_public(&good, sizeof(good));
	good = aead_open(&a, nonce, BYTES("AAD"), SPAN(text), tag);
	ct_public(&good, sizeof(good));
	ct_wipe(&a, sizeof(a));
}

static void aeads(void)
{
	aead(&aead_aes128_gcm);
	aead(&aead_aes256_gcm);
	aead(&aead_chacha20_poly1305);
}

static void plain_aeads(void)
{
	aead_native(false, false);
	aeads();
}

static void native_aeads(void)
{
	aead_native(cpu_has_aes(), cpu_has_avx2());
	aeads();
}

const struct ct_case ct_symmetric[] = {
	{ "compare", compare },
	{ "hashes", hashes },
	{ "HMAC", keyed },
	{ "HKDF and PRF", derived },
	{ "Poly1305", authenticator },
	{ "GHASH", universal_hash },
	{ "AEADs, plain", plain_aeads },
	{ "AEADs, native", native_aeads },
	{ NULL, NULL },
};
