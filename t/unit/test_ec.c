#include "unit.h"
#include "wycheproof.h"
#include "crypt/ec.h"
#include "crypt/p256.h"
#include "crypt/p256_base.h"
#include "os/cpu.h"

static const struct ec_curve *const curves[] = { &ec_p256, &ec_p384 };

/* RFC 5903 8.1. */
static void known_answers(void **state)
{
	uint8_t i[32], r[32], gi[65], gr[65], x[32], want[65];
	struct bytes mine =
		unit_hex(SPAN(i), "C88F01F510D9AC3F70A292DAA2316DE5"
				  "44E9AAB8AFE84049C62A9C57862D1433");
	struct bytes theirs =
		unit_hex(SPAN(r), "C6EF9C5D78AE012A011164ACB397CE20"
				  "88685D8F06BF9BE0B283AB46476BEE53");

	(void)state;
	assert_true(ec_public(gi, mine, &ec_p256));
	assert_bytes_equal(bytes_in(SPAN(gi)),
			   unit_hex(SPAN(want),
				    "04"
				    "DAD0B65394221CF9B051E1FECA5787D0"
				    "98DFE637FC90B9EF945D0C3772581180"
				    "5271A0461CDB8252D61F1C456FA3E59A"
				    "B1F45B33ACCF5F58389E0577B8990BB3"));
	assert_true(ec_public(gr, theirs, &ec_p256));
	assert_true(ec_shared(x, mine, bytes_in(SPAN(gr)), &ec_p256));
	assert_bytes_equal(bytes_in(SPAN(x)),
			   unit_hex(SPAN(want),
				    "D6840F6B42F6EDAFD13116E0E1256520"
				    "2FEF8E9ECE7DCE03812464D04B9442DE"));
	assert_true(ec_shared(x, theirs, bytes_in(SPAN(gi)), &ec_p256));
	assert_memory_equal(x, want, 32);
}

/* A small scalar in c->bytes bytes. */
static struct bytes small(uint8_t *to, uint8_t k, const struct ec_curve *c)
{
	memset(to, 0, c->bytes);
	to[c->bytes - 1] = k;
	return (struct bytes){ to, c->bytes };
}

static void assert_same(const struct ec_point *a, const struct ec_point *b,
			const struct ec_curve *c)
{
	uint8_t one[EC_POINT] = { 0 }, two[EC_POINT] = { 0 };

	assert_int_equal(ec_store(one, a, c), ec_store(two, b, c));
	assert_memory_equal(one, two, 1 + 2 * c->bytes);
}

/* Adding a point to itself, its opposite and none; doubling none. */
static void no_exceptions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const struct ec_curve *c = curves[i];
		limb one[EC_LIMBS] = { 1 }, less[EC_LIMBS];
		struct ec_point g, minus, none, r;

		ec_none(&none, c);
		c->mul_base(&g, one, c);
		big_sub(less, c->order->m, one, c->order->n);
		c->mul_base(&minus, less, c);
		ec_add(&r, &g, &minus, c);
		assert_same(&r, &none, c);
		ec_add(&r, &none, &none, c);
		assert_same(&r, &none, c);
		ec_double(&none, c);
		assert_same(&r, &none, c);
		ec_add(&r, &g, &none, c);
		assert_same(&r, &g, c);
		ec_add(&r, &g, &g, c);
		ec_double(&g, c);
		assert_same(&r, &g, c);
		ec_mul(&r, c->order->m, &g, c);
		assert_same(&r, &none, c);
	}
}

/* 1 G to 40 G, by adding, by the window and by the comb. */
static void small_multiples(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const struct ec_curve *c = curves[i];
		uint8_t k[EC_BYTES], g[EC_POINT];
		struct ec_point sum, one, r;

		ec_public(g, small(k, 1, c), c);
		assert_true(ec_load(&one, (struct bytes){ g, 1 + 2 * c->bytes },
				    c));
		ec_none(&sum, c);
		for (uint8_t n = 1; n <= 40; n++) {
			limb scalar[EC_LIMBS] = { n };

			ec_add(&sum, &sum, &one, c);
			ec_mul(&r, scalar, &one, c);
			assert_same(&r, &sum, c);
			c->mul_base(&r, scalar, c);
			assert_same(&r, &sum, c);
		}
	}
}

/* Each entry is what its header says. */
static void comb(void **state)
{
	(void)state;
	for (size_t i = 0; i < P256_COMBS; i++)
		for (size_t j = 0; j < P256_ENTRIES; j++) {
			limb k[LIMBS(256)] = { 0 };
			struct ec_point want, got;

			for (size_t t = 0; t < P256_TEETH; t++) {
				size_t bit = P256_STEP * i + P256_APART * t;

				k[bit / LIMB_BITS] |= (limb)((j + 1) >> t & 1)
						      << bit % LIMB_BITS;
			}
			ec_mul_any_base(&want, k, &ec_p256);
			ec_none(&got, &ec_p256);
			big_copy(got.z, got.y, LIMBS(256));
			big_copy(got.x, p256_base[i][j].x, LIMBS(256));
			big_copy(got.y, p256_base[i][j].y, LIMBS(256));
			assert_same(&got, &want, &ec_p256);
		}
}

/* Comb and window on scalars of every kind of bits. */
static void comb_equals_window(void **state)
{
	uint64_t seed = 256;

	(void)state;
	for (int i = 0; i < 50; i++) {
		limb k[LIMBS(256)];
		struct ec_point a, b;

		for (size_t j = 0; j < LIMBS(256); j++)
			k[j] = (limb)((uint64_t)unit_rand(&seed) << 32 |
				      unit_rand(&seed)) &
			       (i % 3 ? ~(limb)0 : unit_rand(&seed));
		ec_p256.mul_base(&a, k, &ec_p256);
		ec_mul_any_base(&b, k, &ec_p256);
		assert_same(&a, &b, &ec_p256);
	}
}

/* Only 04 x y of a point of the curve, and only scalars 1 to order - 1. */
static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(curves); i++) {
		const struct ec_curve *c = curves[i];
		uint8_t k[EC_BYTES], g[EC_POINT], x[EC_BYTES];
		struct bytes point = { g, 1 + 2 * c->bytes };
		struct bytes one = small(k, 1, c);

		assert_true(ec_public(g, one, c));
		assert_true(ec_shared(x, one, point, c));
		assert_false(
			ec_shared(x, one, bytes_head(point, point.n - 1), c));
		for (size_t at = 0; at < point.n; at++) {
			g[at] ^= 1;
			assert_false(ec_shared(x, one, point, c));
			g[at] ^= 1;
		}
		assert_false(ec_shared(x, small(k, 0, c), point, c));
		big_store((struct span){ k, c->bytes }, c->order->m,
			  c->order->n);
		assert_false(ec_shared(x, one, point, c));
		assert_false(ec_public(g, one, c));
		k[c->bytes - 1]--;
		assert_true(ec_shared(x, one, point, c));
		/* x + prime, which fits only where x is small: none here. */
		memset(g + 1, 0xff, 2 * c->bytes);
		assert_false(ec_shared(x, one, point, c));
	}
}

/* The scalar is a signed number of any length: 32 bytes of it. */
static struct bytes scalar_of(struct wyche *w, uint8_t to[32])
{
	uint8_t room[40];
	struct bytes b = wyche_hex(w, SPAN(room));

	if (b.n == 33)
		b = bytes_tail(b, 1);
	memset(to, 0, 32);
	memcpy(to + 32 - b.n, b.p, b.n);
	return (struct bytes){ to, 32 };
}

static void wycheproof(void **state)
{
	struct wyche w = wyche_open("ecdh_secp256r1_ecpoint_test.json");
	uint8_t pub[256], key[32], want[32], got[32];
	struct bytes point = { 0 }, scalar = { 0 };

	(void)state;
	while (wyche_next(&w)) {
		bool good;

		if (wyche_is(&w, "public"))
			point = wyche_hex(&w, SPAN(pub));
		else if (wyche_is(&w, "private"))
			scalar = scalar_of(&w, key);
		else if (wyche_is(&w, "shared"))
			wyche_hex(&w, SPAN(want));
		if (!wyche_is(&w, "result"))
			continue;
		good = ec_shared(got, scalar, point, &ec_p256);
		/* What is merely acceptable is compressed: not here. */
		assert_int_equal(good, strcmp(w.value, "valid") == 0);
		if (good)
			assert_memory_equal(got, want, 32);
		w.tests++;
	}
	wyche_close(&w, 355);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(no_exceptions),
		cmocka_unit_test(small_multiples),
		cmocka_unit_test(comb),
		cmocka_unit_test(comb_equals_window),
		cmocka_unit_test(refused),
		cmocka_unit_test(wycheproof),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	p256_native(cpu_has_mulx());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
