#include "unit.h"
#include "wire/dtls/fingerprint.h"
#include "wire/dtls/self.h"

static void test_names(void **state)
{
	(void)state;
	assert_ptr_equal(fingerprint_alg(BYTES("sha-256")), &hash_sha256);
	assert_ptr_equal(fingerprint_alg(BYTES("SHA-384")), &hash_sha384);
	assert_ptr_equal(fingerprint_alg(BYTES("Sha-512")), &hash_sha512);
	assert_null(fingerprint_alg(BYTES("sha-1")));
	assert_null(fingerprint_alg(BYTES("sha-2")));
	assert_null(fingerprint_alg(BYTES("sha-2566")));
	assert_null(fingerprint_alg(BYTES("")));
}

/* Any one of several, of any kind; what is none of ours fits nothing. */
static void test_fits(void **state)
{
	const struct hash_alg *algs[] = { &hash_sha256, &hash_sha384,
					  &hash_sha512 };
	struct bytes mine = BYTES("mine");
	struct fingerprint list[3];

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		for (size_t k = 0; k < COUNT(list); k++)
			fingerprint_make(&list[k], algs[k], BYTES("other"));
		assert_false(fingerprint_fits(list, COUNT(list), mine));
		fingerprint_make(&list[i], algs[i], mine);
		assert_true(fingerprint_fits(list, COUNT(list), mine));
		assert_false(fingerprint_fits(list, i, mine));
		list[i].digest[algs[i]->size - 1] ^= 1;
		assert_false(fingerprint_fits(list, COUNT(list), mine));
	}
	assert_false(fingerprint_fits(list, 0, mine));
}

static void fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)(7 * i + 1);
}

/* By its key, whatever the certificate says; what is no certificate has none. */
static void test_keys(void **state)
{
	struct self s;
	struct fingerprint f;

	(void)state;
	assert_true(self_make(&s, fill));
	fingerprint_make(&f, &hash_sha256, s.cert.spki);
	assert_false(fingerprint_fits(&f, 1, s.cert.der));
	f.of_key = true;
	assert_true(fingerprint_fits(&f, 1, s.cert.der));
	assert_false(fingerprint_fits(&f, 1, s.cert.spki));
	f.digest[0] ^= 1;
	assert_false(fingerprint_fits(&f, 1, s.cert.der));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
