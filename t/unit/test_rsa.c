#include "unit.h"
#include "wycheproof.h"
#include "crypt/rsa_make.h"
#include "crypt/rsa_pad.h"
#include "os/cpu.h"

/* Chance that repeats, so that the keys below are always the same. */
static uint64_t chance = 65537;

static void fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)unit_rand(&chance);
}

static struct rsa_text text_of(uint8_t *digest, const struct hash_alg *alg,
			       struct bytes text)
{
	struct hash h;

	hash_init(&h, alg);
	hash_add(&h, text);
	hash_end(&h, digest);
	return (struct rsa_text){ alg, { digest, alg->size } };
}

static struct rsa_key *key(void)
{
	static struct rsa_key k;

	if (k.half == 0)
		rsa_make(&k, 2048, fill);
	return &k;
}

/* What the parts of a key are to each other; 257 is none of its business. */
static void made(void **state)
{
	struct rsa_key *k = key();
	size_t n = k->pub.limbs, half = k->half;
	limb a[BIG_LIMBS] = { 257 }, b[BIG_LIMBS];
	struct mont mod;

	(void)state;
	assert_int_equal(k->pub.bits, 2048);
	assert_int_equal(k->pub.e, 65537);
	assert_int_equal(n, 2 * half);
	mont_init(&mod, k->pub.n, k->pub.rr, n);
	mont_in(a, a, &mod);
	mont_exp(b, a, k->d, &mod);
	mont_exp_public(b, memcpy(a, b, sizeof a), 65537, &mod);
	mont_out(b, b, &mod);
	assert_true(b[0] == 257 && big_none(b + 1, n - 1));
	mont_init(&mod, k->p.p, k->p.rr, half);
	mont_in(b, k->q.p, &mod);
	mont_mul(b, b, k->qinv, &mod);
	assert_true(b[0] == 1 && big_none(b + 1, half - 1));
}

/* Every hash and padding; what is changed is refused, every bit of it. */
static void signs(void **state)
{
	static const struct hash_alg *const algs[] = { &hash_sha256,
						       &hash_sha384,
						       &hash_sha512 };
	struct rsa_key *k = key();
	uint8_t digest[64], salt[64], one[256], two[256];
	struct bytes first = bytes_in(SPAN(one)), second = bytes_in(SPAN(two));

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct rsa_text t = text_of(digest, algs[i], BYTES("text"));

		fill(SPAN(salt));
		assert_true(rsa_sign_pkcs1(k, &t, one));
		assert_true(rsa_verify_pkcs1(&k->pub, &t, first));
		assert_true(rsa_sign_pss(k, &t, salt, two));
		assert_true(rsa_verify_pss(&k->pub, &t, second));
		assert_false(rsa_verify_pss(&k->pub, &t, first));
		assert_false(rsa_verify_pkcs1(&k->pub, &t, second));
		for (size_t at = 0; at < sizeof one; at += 17) {
			one[at] ^= 4;
			two[at] ^= 4;
			assert_false(rsa_verify_pkcs1(&k->pub, &t, first));
			assert_false(rsa_verify_pss(&k->pub, &t, second));
			one[at] ^= 4;
			two[at] ^= 4;
		}
		digest[0] ^= 1;
		assert_false(rsa_verify_pkcs1(&k->pub, &t, first));
		assert_false(rsa_verify_pss(&k->pub, &t, second));
		t.digest.n--;
		assert_false(rsa_sign_pkcs1(k, &t, one));
	}
}

/* The same each time, though the blind is another one; MD5 is not signed. */
static void blinded(void **state)
{
	struct rsa_key *k = key();
	uint8_t digest[64], one[256], two[256];
	struct rsa_text t = text_of(digest, &hash_sha256, BYTES("text"));
	limb blind[BIG_LIMBS];

	(void)state;
	big_copy(blind, k->blind, BIG_LIMBS);
	for (int i = 0; i < 3; i++) {
		assert_true(rsa_sign_pkcs1(k, &t, i ? two : one));
		assert_false(big_equal(blind, k->blind, BIG_LIMBS));
		if (i)
			assert_memory_equal(one, two, sizeof one);
	}
	t = text_of(digest, &hash_md5, BYTES("text"));
	assert_false(rsa_sign_pkcs1(k, &t, one));
}

/* One bit of the key is wrong: nothing is shown. */
static void faults(void **state)
{
	struct rsa_key k = *key();
	uint8_t digest[64], sig[256];
	static const uint8_t zeros[256];
	struct rsa_text t = text_of(digest, &hash_sha256, BYTES("text"));

	(void)state;
	k.p.d[3] ^= 16;
	assert_false(rsa_sign_pkcs1(&k, &t, sig));
	assert_memory_equal(sig, zeros, sizeof sig);
	k = *key();
	k.qinv[0] ^= 1;
	assert_false(rsa_sign_pkcs1(&k, &t, sig));
	assert_memory_equal(sig, zeros, sizeof sig);
}

/* A key's parts and back; not with another key's prime. */
static void parts(void **state)
{
	struct rsa_key *k = key(), again;
	uint8_t n[256], p[128], q[128], dp[128], dq[128], qi[128], d[256];
	uint8_t digest[64], one[256], two[256];
	struct rsa_text t = text_of(digest, &hash_sha256, BYTES("text"));
	struct rsa_parts all = { bytes_in(SPAN(n)),  BYTES("\1\0\1"),
				 bytes_in(SPAN(d)),  bytes_in(SPAN(p)),
				 bytes_in(SPAN(q)),  bytes_in(SPAN(dp)),
				 bytes_in(SPAN(dq)), bytes_in(SPAN(qi)) };

	(void)state;
	big_store(SPAN(n), k->pub.n, k->pub.limbs);
	big_store(SPAN(d), k->d, k->pub.limbs);
	big_store(SPAN(p), k->p.p, k->half);
	big_store(SPAN(q), k->q.p, k->half);
	big_store(SPAN(dp), k->p.d, k->half);
	big_store(SPAN(dq), k->q.d, k->half);
	big_store(SPAN(qi), k->qinv, k->half);
	assert_true(rsa_init(&again, &all, fill));
	assert_true(rsa_sign_pkcs1(&again, &t, one));
	assert_true(rsa_sign_pkcs1(k, &t, two));
	assert_memory_equal(one, two, sizeof one);
	p[127] ^= 2;
	assert_false(rsa_init(&again, &all, fill));
	p[127] ^= 2;
	all.n = bytes_head(all.n, 255);
	assert_false(rsa_init(&again, &all, fill));
	all.n = bytes_in(SPAN(n));
	all.e = BYTES("\1\0\1\0\1");
	assert_false(rsa_init(&again, &all, fill));
	all.e = BYTES("\1");
	assert_false(rsa_init(&again, &all, fill));
}

/* The modulus and exponent in a PKCS #1 key as Wycheproof has them: lengths of
 * three bytes but for the exponent's.
 */
static void load_public(struct rsa_public *pub, const struct wyche *w)
{
	uint8_t room[1024];
	struct bytes all = wyche_hex(w, SPAN(room));
	size_t n = (size_t)(all.p[6] << 8 | all.p[7]);
	struct bytes e = bytes_tail(all, 8 + n + 2);

	assert_int_equal(all.p[8 + n + 1], e.n);
	assert_true(rsa_public_init(pub, (struct bytes){ all.p + 8, n }, e));
}

static void wycheproof(const char *name, unsigned tests, bool pss)
{
	struct wyche w = wyche_open(name);
	struct rsa_public pub;
	uint8_t digest[64], raw[1024], said[1024];
	struct rsa_text t = { NULL, { NULL, 0 } };
	struct bytes sig = { 0 };

	while (wyche_next(&w)) {
		bool good;

		if (wyche_is(&w, "publicKeyAsn"))
			load_public(&pub, &w);
		else if (wyche_is(&w, "msg"))
			t = text_of(digest, &hash_sha256,
				    wyche_hex(&w, SPAN(said)));
		else if (wyche_is(&w, "sig"))
			sig = wyche_hex(&w, SPAN(raw));
		if (!wyche_is(&w, "result"))
			continue;
		good = pss ? rsa_verify_pss(&pub, &t, sig)
			   : rsa_verify_pkcs1(&pub, &t, sig);
		/* What is merely acceptable leaves NULL out: not here. */
		assert_int_equal(good, strcmp(w.value, "valid") == 0);
		w.tests++;
	}
	wyche_close(&w, tests);
}

static void wycheproof_2048(void **state)
{
	(void)state;
	wycheproof("rsa_signature_2048_sha256_test.json", 259, false);
}

static void wycheproof_3072(void **state)
{
	(void)state;
	wycheproof("rsa_signature_3072_sha256_test.json", 259, false);
}

static void wycheproof_4096(void **state)
{
	(void)state;
	wycheproof("rsa_signature_4096_sha256_test.json", 258, false);
}

static void wycheproof_pss(void **state)
{
	(void)state;
	wycheproof("rsa_pss_2048_sha256_mgf1_32_test.json", 108, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made),
		cmocka_unit_test(signs),
		cmocka_unit_test(blinded),
		cmocka_unit_test(faults),
		cmocka_unit_test(parts),
		cmocka_unit_test(wycheproof_2048),
		cmocka_unit_test(wycheproof_3072),
		cmocka_unit_test(wycheproof_4096),
		cmocka_unit_test(wycheproof_pss),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	big_native(cpu_has_mulx());
	mont_native(cpu_has_ifma());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
