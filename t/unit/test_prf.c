#include "unit.h"
#include "crypt/prf.h"

/* Those that were published on the TLS list in 2009 for RFC 5246. */
static void published(void **state)
{
	static const struct {
		const struct hash_alg *alg;
		const char *secret, *seed, *out;
	} rows[] = {
		{ &hash_sha256, "9bbe436ba940f017b17652849a71db35",
		  "a0ba9f936cda311827a6f796ffd5198c",
		  "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4"
		  "e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17"
		  "abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d1"
		  "22ee42c5a72e5a5110fff70187347b66" },
		{ &hash_sha384, "b80b733d6ceefcdc71566ea48e5567df",
		  "cd665cf6a8447dd6ff8b27555edb7465",
		  "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107"
		  "e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700"
		  "884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473"
		  "ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a2"
		  "6066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be8"
		  "5e0990703d73e56f" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[3][160], out[160];
		struct bytes want = unit_hex(SPAN(room[2]), rows[i].out);

		prf(rows[i].alg, unit_hex(SPAN(room[0]), rows[i].secret),
		    "test label", unit_hex(SPAN(room[1]), rows[i].seed),
		    (struct span){ out, want.n });
		assert_memory_equal(out, want.p, want.n);
	}
}

/* Shorter output is the beginning of longer. */
static void every_length(void **state)
{
	uint8_t all[3 * SHA256_SIZE];

	(void)state;
	prf(&hash_sha256, BYTES("secret"), "label", BYTES("seed"), SPAN(all));
	each_split(n, sizeof(all))
	{
		struct guard g;
		struct span some = guard_span(&g, n);

		prf(&hash_sha256, BYTES("secret"), "label", BYTES("seed"),
		    some);
		if (n > 0)
			assert_memory_equal(some.p, all, n);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published),
		cmocka_unit_test(every_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
