#include "unit.h"
#include "crypt/big.h"
#include "os/cpu.h"

/* Bytes of every length go in and out, to the edge of their memory; what is too
 * long is told, and the low part kept.
 */
static void in_and_out(void **state)
{
	uint8_t text[40], back[40];
	limb a[LIMBS(256)];

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i + 1);
	each_split(n, sizeof text)
	{
		struct guard in, out;
		struct bytes b = guard_bytes(&in, (struct bytes){ text, n });
		struct span to = guard_span(&out, n);

		assert_int_equal(big_load(a, LIMBS(256), b), n <= 32);
		big_store(to, a, LIMBS(256));
		if (n <= 32)
			assert_bytes_equal(bytes_in(to), b);
		else
			assert_bytes_equal(bytes_tail(bytes_in(to), n - 32),
					   bytes_tail(b, n - 32));
		guard_free(&in);
		guard_free(&out);
	}
	memset(text, 0, 8);
	assert_true(big_load(a, LIMBS(256), bytes_in(SPAN(text))));
	big_store(SPAN(back), a, LIMBS(256));
	assert_memory_equal(back, text, sizeof text);
}

static void fill(limb *r, size_t n, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t kind = unit_rand(seed) % 4;
		uint64_t any =
			(uint64_t)unit_rand(seed) << 32 | unit_rand(seed);

		r[i] = kind == 0 ? 0 : kind == 1 ? ~(limb)0 : (limb)any;
	}
}

/* (a + b) (a + b) = a a + 2 a b + b b, with carries at every limb. */
static void binomial(void **state)
{
	enum { MOST = 20 };
	uint64_t seed = 4096;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		size_t n = 2 + unit_rand(&seed) % (MOST - 1);
		limb a[MOST], b[MOST], sum[MOST];
		limb left[2 * MOST], right[2 * MOST], t[2 * MOST];

		fill(a, n, &seed);
		fill(b, n, &seed);
		a[n - 1] >>= 1;
		b[n - 1] >>= 1;
		assert_int_equal(big_add(sum, a, b, n), 0);
		big_square(left, sum, n);
		big_mul(t, sum, sum, n);
		assert_true(big_equal(left, t, 2 * n));
		big_mul(t, a, b, n);
		big_square(right, a, n);
		big_add(right, right, t, 2 * n);
		big_add(right, right, t, 2 * n);
		big_square(t, b, n);
		big_add(right, right, t, 2 * n);
		assert_true(big_equal(left, right, 2 * n));
		assert_int_equal(big_sub(sum, sum, b, n), 0);
		assert_true(big_equal(sum, a, n));
		assert_int_equal(big_less(a, b, n), big_sub(t, a, b, n));
	}
}

/* What a processor has beyond C says the same, at every length. */
static void alike(void **state)
{
	enum { MOST = 40 };
	uint64_t seed = 5;
	limb a[MOST], b[MOST], c[2 * MOST], native[2 * MOST], plain[2 * MOST];

	(void)state;
	for (size_t round = 0; round < 4000; round++) {
		size_t n = 1 + round % MOST;
		limb top, m0, borrow;

		fill(a, n, &seed);
		fill(b, n, &seed);
		fill(c, 2 * n, &seed);
		m0 = a[0];
		big_native(false);
		big_mul(plain, a, b, n);
		big_native(cpu_has_mulx());
		big_mul(native, a, b, n);
		assert_memory_equal(native, plain, 2 * n * sizeof(limb));
		big_square(native, a, n);
		borrow = big_sub(c, a, b, n);
		big_native(false);
		assert_int_equal(big_sub(plain, a, b, n), borrow);
		assert_memory_equal(c, plain, n * sizeof(limb));
		big_square(plain, a, n);
		assert_memory_equal(native, plain, 2 * n * sizeof(limb));
		big_copy(plain, c, 2 * n);
		big_copy(native, c, 2 * n);
		top = big_reduce(plain, b, m0, n);
		big_native(cpu_has_mulx());
		assert_int_equal(big_reduce(native, b, m0, n), top);
		assert_memory_equal(native, plain, 2 * n * sizeof(limb));
	}
	big_native(false);
}

static void order(void **state)
{
	static const limb none[3], one[3] = { 1 }, high[3] = { 0, 0, 2 };
	limb r[3];

	(void)state;
	assert_true(big_none(none, 3) && !big_none(one, 3) &&
		    !big_none(high, 3));
	assert_true(big_less(one, high, 3) && !big_less(high, one, 3) &&
		    !big_less(one, one, 3));
	assert_true(big_equal(one, one, 3) && !big_equal(one, high, 3));
	assert_int_equal(big_bits(none, 3), 0);
	assert_int_equal(big_bits(one, 3), 1);
	assert_int_equal(big_bits(high, 3), 2 * LIMB_BITS + 2);
	assert_int_equal(big_sub(r, none, one, 3), 1);
	assert_int_equal(big_bits(r, 3), 3 * LIMB_BITS);
	big_pick(r, high, 3, 0);
	assert_false(big_equal(r, high, 3));
	big_pick(r, high, 3, limb_mask(1));
	assert_true(big_equal(r, high, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_and_out),
		cmocka_unit_test(binomial),
		cmocka_unit_test(alike),
		cmocka_unit_test(order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
