#include "unit.h"
#include "certs.h"
#include "crypt/pem.h"
#include "wire/dtls/self.h"

enum { YEAR = 365 * 86400 };

/* Small, of P-256, valid from 1970 on, signed by itself. */
static void test_make(void **state)
{
	struct self s;
	struct spki key;

	(void)state;
	assert_true(self_make(&s, certs_fill));
	assert_true(s.n <= 290);
	assert_int_equal(s.cert.from, 0);
	assert_true(s.cert.until > 79 * (int64_t)YEAR);
	assert_true(spki_parse(&key, s.cert.spki));
	assert_ptr_equal(key.curve, &ec_p256);
	assert_true(spki_verify(&key, spki_alg_of(s.cert.alg), s.cert.body,
				s.cert.sig));
	assert_ptr_equal(s.id.key, &s.key);
	assert_ptr_equal(s.id.chain, &s.cert);
}

/* What was made and written down is the same again. */
static void test_load(void **state)
{
	uint8_t der[KEY_DER_MOST], text[2 * KEY_DER_MOST];
	struct der_out o = der_out(SPAN(der));
	struct fmt f = fmt_to(SPAN(text));
	struct self a, b;

	(void)state;
	assert_true(self_make(&a, certs_fill));
	key_put(&o, &a.key);
	pem_put(&f, "PRIVATE KEY", der_written(&o));
	assert_true(self_load(&b, fmt_done(&f), a.cert.der, certs_fill));
	assert_memory_equal(b.key.scalar, a.key.scalar, KEY_P256_SIZE);
	assert_bytes_equal(b.cert.der, a.cert.der);
	assert_false(self_load(&b, BYTES("x"), a.cert.der, certs_fill));
	assert_false(self_load(&b, fmt_done(&f), BYTES("x"), certs_fill));
	assert_false(self_load(&b, fmt_done(&f), BYTES(""), certs_fill));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_make),
		cmocka_unit_test(test_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
