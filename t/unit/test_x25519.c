#include "unit.h"
#include "wycheproof.h"
#include "crypt/x25519.h"

/* RFC 7748 5.2 and 6.1. */
static void known_answers(void **state)
{
	static const struct {
		const char *key, *point, *want;
	} rows[] = {
		{ "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba44"
		  "9ac4",
		  "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab"
		  "1c4c",
		  "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a2"
		  "8552" },
		{ "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918"
		  "ba0d",
		  "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715"
		  "a493",
		  "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac"
		  "7957" },
	};
	uint8_t key[32], point[32], want[32], got[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unit_hex(SPAN(key), rows[i].key);
		unit_hex(SPAN(point), rows[i].point);
		unit_hex(SPAN(want), rows[i].want);
		assert_true(x25519_shared(got, key, point));
		assert_memory_equal(got, want, 32);
	}
}

/* RFC 7748 5.2: once, and a thousand times over. */
static void iterated(void **state)
{
	uint8_t k[32] = { 9 }, u[32] = { 9 }, r[32], want[32];

	(void)state;
	for (int i = 1; i <= 1000; i++) {
		assert_true(x25519_shared(r, k, u));
		memcpy(u, k, 32);
		memcpy(k, r, 32);
		if (i != 1 && i != 1000)
			continue;
		unit_hex(SPAN(want),
			 i == 1 ? "422c8e7a6227d7bca1350b3e2bb7279f"
				  "7897b87bb6854b783c60e80311ae3079"
				: "684cf59ba83309552800ef566f2f4d3c"
				  "1c3887c49360e3875f2eb94d99532c51");
		assert_memory_equal(k, want, 32);
	}
}

/* Both sides get the same; a point of small order is told. */
static void both_sides(void **state)
{
	uint8_t a[32], b[32], pa[32], pb[32], one[32], two[32];
	uint64_t seed = 25519;

	(void)state;
	for (int i = 0; i < 20; i++) {
		for (size_t j = 0; j < 32; j++) {
			a[j] = (uint8_t)unit_rand(&seed);
			b[j] = (uint8_t)unit_rand(&seed);
		}
		x25519_public(pa, a);
		x25519_public(pb, b);
		assert_true(x25519_shared(one, a, pb));
		assert_true(x25519_shared(two, b, pa));
		assert_memory_equal(one, two, 32);
	}
	memset(pb, 0, sizeof pb);
	assert_false(x25519_shared(one, a, pb));
	pb[0] = 1;
	assert_false(x25519_shared(one, a, pb));
}

static void wycheproof(void **state)
{
	struct wyche w = wyche_open("x25519_test.json");
	static const uint8_t zero[32];
	uint8_t point[32], key[32], want[32], got[32];

	(void)state;
	while (wyche_next(&w)) {
		bool good;

		if (wyche_is(&w, "public"))
			wyche_hex(&w, SPAN(point));
		else if (wyche_is(&w, "private"))
			wyche_hex(&w, SPAN(key));
		else if (wyche_is(&w, "shared"))
			wyche_hex(&w, SPAN(want));
		if (!wyche_is(&w, "result"))
			continue;
		good = x25519_shared(got, key, point);
		assert_memory_equal(got, want, 32);
		assert_int_equal(good, memcmp(want, zero, 32) != 0);
		w.tests++;
	}
	wyche_close(&w, 518);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(iterated),
		cmocka_unit_test(both_sides),
		cmocka_unit_test(wycheproof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
