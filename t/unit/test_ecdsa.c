#include "unit.h"
#include "wycheproof.h"
#include "crypt/ecdsa.h"
#include "crypt/hash.h"
#include "crypt/p256.h"
#include "os/cpu.h"

/* RFC 6979 A.2.5 and A.2.6. */
static const char key_256[] = "C9AFA9D845BA75166B5C215767B1D693"
			      "4E50C3DB36E89B127B8A622B120F6721";
static const char point_384[] =
	"04"
	"EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E"
	"06AAE5286B300C64DEF8F0EA9055866064A254515480BC13"
	"8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9"
	"F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720";

static struct bytes digest_of(uint8_t *to, const struct hash_alg *alg,
			      struct bytes text)
{
	struct hash h;

	hash_init(&h, alg);
	hash_add(&h, text);
	hash_end(&h, to);
	return (struct bytes){ to, alg->size };
}

static void known_signatures(void **state)
{
	static const struct {
		const char *text, *sig;
	} rows[] = {
		{ "sample", "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C3"
			    "4D0EA84EAF3716"
			    "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064D"
			    "C4AB2F843ACDA8" },
		{ "test", "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28"
			  "D3B0B7D38367"
			  "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC8"
			  "4250E46F0083" },
	};
	uint8_t key[32], digest[32], sig[64], want[64], point[65];
	struct bytes k = unit_hex(SPAN(key), key_256);

	(void)state;
	assert_true(ec_public(point, k, &ec_p256));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes d =
			digest_of(digest, &hash_sha256, bytes_of(rows[i].text));

		assert_true(ecdsa_sign(sig, k, d, (struct bytes){ 0 }));
		assert_bytes_equal(bytes_in(SPAN(sig)),
				   unit_hex(SPAN(want), rows[i].sig));
		assert_true(ecdsa_verify(bytes_in(SPAN(sig)), d,
					 bytes_in(SPAN(point)), &ec_p256));
	}
}

static void known_p384(void **state)
{
	uint8_t point[97], sig[96], digest[48];
	struct bytes p = unit_hex(SPAN(point), point_384);
	struct bytes d = digest_of(digest, &hash_sha384, BYTES("sample"));
	struct bytes s = unit_hex(
		SPAN(sig), "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA7"
			   "3D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
			   "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526"
			   "203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8");

	(void)state;
	assert_true(ecdsa_verify(s, d, p, &ec_p384));
	digest[47] ^= 1;
	assert_false(ecdsa_verify(s, d, p, &ec_p384));
}

/* A hedge makes another signature, as good; each bit counts. */
static void hedged(void **state)
{
	uint8_t key[32], digest[32], point[65], sig[64], plain[64];
	struct bytes k = unit_hex(SPAN(key), key_256);
	struct bytes d = digest_of(digest, &hash_sha256, BYTES("sample"));
	struct bytes s = bytes_in(SPAN(sig)), p = bytes_in(SPAN(point));

	(void)state;
	ec_public(point, k, &ec_p256);
	assert_true(ecdsa_sign(plain, k, d, (struct bytes){ 0 }));
	assert_true(ecdsa_sign(sig, k, d, BYTES("chance")));
	assert_true(memcmp(sig, plain, sizeof sig) != 0);
	assert_true(ecdsa_verify(s, d, p, &ec_p256));
	for (size_t i = 0; i < sizeof sig; i += 7) {
		sig[i] ^= 0x10;
		assert_false(ecdsa_verify(s, d, p, &ec_p256));
		sig[i] ^= 0x10;
	}
	digest[0] ^= 0x80;
	assert_false(ecdsa_verify(s, d, p, &ec_p256));
	assert_false(ecdsa_verify(bytes_head(s, 63), d, p, &ec_p256));
	assert_false(ecdsa_sign(sig, k, bytes_head(d, 31), k));
	memset(key, 0, sizeof key);
	assert_false(ecdsa_sign(sig, k, d, k));
}

/* Digests at and above the order: RFC 6979 2.3.4 takes the order off. */
static void large_digests(void **state)
{
	uint8_t key[32], digest[32], point[65], sig[64];
	struct bytes k = unit_hex(SPAN(key), key_256);

	(void)state;
	ec_public(point, k, &ec_p256);
	for (int last = 0; last < 4; last++) {
		memset(digest, 0xff, sizeof digest);
		if (last < 3)
			big_store(SPAN(digest), ec_p256.order->m,
				  ec_p256.order->n);
		digest[31] = (uint8_t)(digest[31] + last % 3 - 1);
		assert_true(ecdsa_sign(sig, k, bytes_in(SPAN(digest)),
				       (struct bytes){ 0 }));
		assert_true(ecdsa_verify(bytes_in(SPAN(sig)),
					 bytes_in(SPAN(digest)),
					 bytes_in(SPAN(point)), &ec_p256));
	}
}

/* The point is the end of a SubjectPublicKeyInfo. */
static struct bytes point_of(const struct wyche *w, struct span to,
			     const struct ec_curve *c)
{
	struct bytes spki = wyche_hex(w, to);

	return bytes_tail(spki, spki.n - 1 - 2 * c->bytes);
}

static void wycheproof_p1363(void **state)
{
	struct wyche w = wyche_open("ecdsa_secp256r1_sha256_p1363_test.json");
	uint8_t spki[256], digest[32], raw[512], text[512];
	struct bytes point = { 0 }, d = { 0 }, sig = { 0 };

	(void)state;
	while (wyche_next(&w)) {
		if (wyche_is(&w, "publicKeyDer"))
			point = point_of(&w, SPAN(spki), &ec_p256);
		else if (wyche_is(&w, "msg"))
			d = digest_of(digest, &hash_sha256,
				      wyche_hex(&w, SPAN(text)));
		else if (wyche_is(&w, "sig"))
			sig = wyche_hex(&w, SPAN(raw));
		if (!wyche_is(&w, "result"))
			continue;
		assert_int_equal(ecdsa_verify(sig, d, point, &ec_p256),
				 strcmp(w.value, "valid") == 0);
		w.tests++;
	}
	wyche_close(&w, 262);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_signatures),
		cmocka_unit_test(known_p384),
		cmocka_unit_test(hedged),
		cmocka_unit_test(large_digests),
		cmocka_unit_test(wycheproof_p1363),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	p256_native(cpu_has_mulx());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
