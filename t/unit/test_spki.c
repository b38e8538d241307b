#include "unit.h"
#include "wycheproof.h"
#include "crypt/spki.h"

/* ECDH with keys as SubjectPublicKeyInfo: 612 ways to write one, most of them
 * wrong. What is acceptable to others is not to us.
 */
static void wycheproof_ecdh(void **state)
{
	struct wyche w = wyche_open("ecdh_secp256r1_test.json");
	static uint8_t der[20000], room[40];
	uint8_t key[32], want[32], got[32];
	struct bytes spki = { NULL, 0 }, k = { NULL, 0 };

	(void)state;
	while (wyche_next(&w)) {
		struct spki s;
		bool good;

		if (wyche_is(&w, "public"))
			spki = wyche_hex(&w, SPAN(der));
		else if (wyche_is(&w, "private"))
			k = wyche_hex(&w, SPAN(room));
		else if (wyche_is(&w, "shared"))
			wyche_hex(&w, SPAN(want));
		if (!wyche_is(&w, "result"))
			continue;
		memset(key, 0, sizeof key);
		k = k.n == 33 ? bytes_tail(k, 1) : k;
		memcpy(key + 32 - k.n, k.p, k.n);
		good = spki_parse(&s, spki) && s.curve == &ec_p256 &&
		       ec_shared(got, bytes_in(SPAN(key)), s.point, &ec_p256);
		assert_int_equal(good, strcmp(w.value, "valid") == 0);
		if (good)
			assert_memory_equal(got, want, 32);
		w.tests++;
	}
	wyche_close(&w, 612);
}

/* Signatures in DER, by keys that stand as SubjectPublicKeyInfo. */
static void wycheproof(const char *name, unsigned tests, struct bytes id)
{
	struct wyche w = wyche_open(name);
	static uint8_t der[1024], raw[20000], text[2048];
	struct bytes spki = { NULL, 0 }, msg = { NULL, 0 }, sig = { NULL, 0 };

	while (wyche_next(&w)) {
		struct spki s;

		if (wyche_is(&w, "publicKeyDer"))
			spki = wyche_hex(&w, SPAN(der));
		else if (wyche_is(&w, "msg"))
			msg = wyche_hex(&w, SPAN(text));
		else if (wyche_is(&w, "sig"))
			sig = wyche_hex(&w, SPAN(raw));
		if (!wyche_is(&w, "result"))
			continue;
		assert_true(spki_parse(&s, spki));
		assert_int_equal(spki_verify(&s, spki_alg_of(id), msg, sig),
				 strcmp(w.value, "valid") == 0);
		w.tests++;
	}
	wyche_close(&w, tests);
}

static void wycheproof_p256(void **state)
{
	(void)state;
	wycheproof("ecdsa_secp256r1_sha256_test.json", 484,
		   BYTES("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"));
}

static void wycheproof_p384(void **state)
{
	(void)state;
	wycheproof("ecdsa_secp384r1_sha384_test.json", 504,
		   BYTES("\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03"));
}

static void wycheproof_rsa(void **state)
{
	(void)state;
	wycheproof("rsa_signature_2048_sha256_test.json", 259,
		   BYTES("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05"
			 "\x00"));
}

static void algorithms(void **state)
{
	static uint8_t id[] = { 0x06, 0x08, 0x2a, 0x86, 0x48,
				0xce, 0x3d, 0x04, 0x03, 0x02 };
	const struct spki_alg *alg = spki_alg_of(bytes_in(SPAN(id)));

	(void)state;
	assert_ptr_equal(alg, spki_ecdsa_sha256);
	assert_false(alg->rsa);
	id[9] = 1; /* SHA-224 */
	assert_null(spki_alg_of(bytes_in(SPAN(id))));
	assert_null(spki_alg_of((struct bytes){ NULL, 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wycheproof_ecdh),
		cmocka_unit_test(wycheproof_p256),
		cmocka_unit_test(wycheproof_p384),
		cmocka_unit_test(wycheproof_rsa),
		cmocka_unit_test(algorithms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
