/* crypt - how fast crypt/ is, by the CPU's clock.
 *
 * usage: crypt SECONDS [NAME]...    each: a line of name, operations or bytes a
 *                                   second. Natively; "aes-128-gcm plain" and so
 *                                   on are the same without instructions of AES
 */
#include "crypt/aead.h"
#include "crypt/ecdsa.h"
#include "crypt/key.h"
#include "crypt/p256.h"
#include "crypt/sha256.h"
#include "crypt/x25519.h"
#include "os/cpu.h"
#include "os/rand.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { RECORD = 16384, ROUND = 16 };

static uint8_t text[RECORD], sig[KEY_SIG_MOST], digest[32], pair[64];
static uint8_t mine[32], point[65], other[65];
static struct key rsa, p256;
static struct spki rsa_public, p256_public;
static struct bytes rsa_sig, p256_sig;
static struct aead aead;

static void prepare_key(struct key *k, struct spki *s, struct bytes *made)
{
	static uint8_t room[2][KEY_SPKI_MOST], sigs[2][KEY_SIG_MOST];
	struct der_out o = der_out(SPAN(room[k->rsa]));

	key_put_spki(&o, k);
	*made = key_sign(k, BYTES("text"), SPAN(sigs[k->rsa]), rand_fill);
	if (!spki_parse(s, der_written(&o)) || made->n == 0)
		exit(1);
}

static void prepare(void)
{
	rand_fill(SPAN(mine));
	mine[0] &= 0x7f;
	key_make_rsa(&rsa, 2048, rand_fill);
	key_make_p256(&p256, rand_fill);
	prepare_key(&rsa, &rsa_public, &rsa_sig);
	prepare_key(&p256, &p256_public, &p256_sig);
	memcpy(point, p256.point, sizeof point);
	ecdsa_sign(pair, (struct bytes){ p256.scalar, 32 },
		   bytes_in(SPAN(digest)), (struct bytes){ NULL, 0 });
}

/* ---- one operation each ---- */

static void seal(void)
{
	uint8_t nonce[12] = { 0 }, tag[16];

	aead_seal(&aead, nonce, BYTES("12345"), SPAN(text), tag);
}

static void exchange_x25519(void)
{
	if (!x25519_shared(other, mine, point + 1))
		exit(1);
}

static void exchange_p256(void)
{
	ec_shared(other, bytes_in(SPAN(mine)), bytes_in(SPAN(point)), &ec_p256);
}

static void sign_p256(void)
{
	ecdsa_sign(pair, (struct bytes){ p256.scalar, 32 },
		   bytes_in(SPAN(digest)), (struct bytes){ NULL, 0 });
}

static void verify_p256(void)
{
	if (!ecdsa_verify(bytes_in(SPAN(pair)), bytes_in(SPAN(digest)),
			  bytes_in(SPAN(point)), &ec_p256))
		exit(1);
}

static void sign_rsa(void)
{
	if (key_sign(&rsa, BYTES("text"), SPAN(sig), rand_fill).n == 0)
		exit(1);
}

static void verify_rsa(void)
{
	if (!spki_verify(&rsa_public, spki_rsa_sha256, BYTES("text"), rsa_sig))
		exit(1);
}

/* ---- all of them ---- */

struct speed {
	const char *name;
	const struct aead_alg *alg;
	void (*run)(void);
	bool plain;
};

static const struct speed speeds[] = {
	{ "aes-128-gcm", &aead_aes128_gcm, seal, false },
	{ "aes-256-gcm", &aead_aes256_gcm, seal, false },
	{ "chacha20-poly1305", &aead_chacha20_poly1305, seal, false },
	{ "aes-128-gcm plain", &aead_aes128_gcm, seal, true },
	{ "aes-256-gcm plain", &aead_aes256_gcm, seal, true },
	{ "chacha20-poly1305 plain", &aead_chacha20_poly1305, seal, true },
	{ "x25519", NULL, exchange_x25519, false },
	{ "p256 ecdh", NULL, exchange_p256, false },
	{ "p256 sign", NULL, sign_p256, false },
	{ "p256 verify", NULL, verify_p256, false },
	{ "rsa2048 sign", NULL, sign_rsa, false },
	{ "rsa2048 verify", NULL, verify_rsa, false },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const struct speed *s, double seconds)
{
	static const uint8_t key[32] = { 1 };
	double start, took;
	unsigned long n = 0;

	aead_native(!s->plain && cpu_has_aes(), !s->plain && cpu_has_avx2());
	big_native(!s->plain && cpu_has_mulx());
	mont_native(!s->plain && cpu_has_ifma());
	p256_native(!s->plain && cpu_has_mulx());
	if (s->alg)
		aead_init(&aead, s->alg, key);
	start = now();
	do {
		for (int i = 0; i < ROUND; i++)
			s->run();
		n += ROUND;
		took = now() - start;
	} while (took < seconds);
	printf("%s: %.1f\n", s->name, (double)n / took * (s->alg ? RECORD : 1));
	fflush(stdout);
}

static bool wanted(const char *name, char **names)
{
	bool any = *names != NULL;

	for (; *names; names++)
		if (strncmp(name, *names, strlen(*names)) == 0)
			return true;
	return !any;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	sha256_native(cpu_has_sha256());
	prepare();
	for (size_t i = 0; i < COUNT(speeds); i++)
		if (wanted(speeds[i].name, argv + 2))
			measure(&speeds[i], strtod(argv[1], NULL));
	return 0;
}
