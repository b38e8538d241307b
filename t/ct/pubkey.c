/* Curves and RSA: what is done with private keys. */
#include "ct.h"
#include "base/base64.h"
#include "crypt/cert.h"
#include "crypt/ecdsa.h"
#include "crypt/p256.h"
#include "crypt/x25519.h"

/* Chance is secret too: nonces' hedges, blinds, candidates for primes. */
static void fill(struct span to)
{
	static uint32_t x;

	ct_secret(to);
	for (size_t i = 0; i < to.n; i++) {
		x = x * 1664525 + 1013904223;
		to.p[i] ^= (uint8_t)(x >> 24);
	}
}

static void montgomery(void)
{
	uint8_t key[32], other[32] = { 9 }, out[32];
	bool good;

	ct_secret(SPAN(key));
	good = x25519_shared(out, key, other);
	ct_public(&good, sizeof(good));
}

/* Below the order, as a secret that is drawn is. */
static void scalar(uint8_t key[32])
{
	ct_secret((struct span){ key, 32 });
}

static void exchange(void)
{
	uint8_t key[32], point[65], out[65];
	bool good;

	scalar(key);
	good = ec_public(point, (struct bytes){ key, 32 }, &ec_p256);
	ct_public(&good, sizeof(good));
	ct_public(point, sizeof(point));
	ec_shared(out, (struct bytes){ key, 32 },
		  (struct bytes){ point, sizeof(point) }, &ec_p256);
}

static void sign_p256(void)
{
	uint8_t key[32], digest[32] = { 1 }, sig[64], hedge[32];

	scalar(key);
	ct_secret(SPAN(hedge));
	ecdsa_sign(sig, bytes_in(SPAN(key)), bytes_in(SPAN(digest)),
		   bytes_in(SPAN(hedge)));
}

/* Making a key, signing by it, and writing it down. */
static void with_key(struct key *k)
{
	static char text[8192];
	uint8_t room[KEY_DER_MOST], sig[KEY_SIG_MOST], back[KEY_DER_MOST];
	struct der_out o = der_out(SPAN(room));
	struct fmt f = fmt_to(SPAN(text));
	long n;

	key_sign(k, BYTES("text"), SPAN(sig), fill);
	key_put(&o, k);
	base64_put(&f, der_written(&o), 64);
	n = base64_get(SPAN(back), fmt_done(&f));
	(void)n;
}

static void key_p256(void)
{
	struct key k;

	key_make_p256(&k, fill);
	with_key(&k);
}

static void key_rsa(void)
{
	static struct key k;

	key_make_rsa(&k, 2048, fill);
	with_key(&k);
}

/* From here on by what valgrind runs and does not tell of. */
static void natively(void)
{
	p256_native(true);
	big_native(true);
}

/* The same, and AVX-512 as t/ct/emulated has it. */
static void emulated(void)
{
	mont_native(true);
}

const struct ct_case ct_pubkey[] = {
	{ "x25519", montgomery },
	{ "p256 exchange", exchange },
	{ "p256 signature", sign_p256 },
	{ "p256 key", key_p256 },
	{ "rsa key", key_rsa },
	{ "natively", natively },
	{ "p256 exchange, natively", exchange },
	{ "p256 signature, natively", sign_p256 },
	{ "p256 key, natively", key_p256 },
	{ "rsa key, natively", key_rsa },
	{ "emulated", emulated },
	{ "rsa key, emulated", key_rsa },
	{ NULL, NULL },
};
