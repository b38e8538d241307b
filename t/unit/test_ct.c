#include "unit.h"
#include "crypt/ct.h"

static void equal_or_not(void **state)
{
	uint8_t a[67], b[67];
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(a); i++)
		a[i] = b[i] = (uint8_t)unit_rand(&seed);
	each_split(n, sizeof(a))
	{
		struct guard g, h;
		struct bytes x = guard_bytes(&g, (struct bytes){ a, n });
		struct bytes y = guard_bytes(&h, (struct bytes){ b, n });

		assert_true(ct_equal(x, y));
		if (n > 0)
			assert_false(ct_equal(x, bytes_head(y, n - 1)));
		guard_free(&g);
		guard_free(&h);
	}
	assert_true(ct_equal((struct bytes){ NULL, 0 }, BYTES("")));
	/* Any single bit, anywhere. */
	for (size_t i = 0; i < 8 * sizeof(a); i++) {
		b[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_false(ct_equal(bytes_in(SPAN(a)), bytes_in(SPAN(b))));
		b[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	/* Differences must not cancel out. */
	b[0] ^= 0x80;
	b[1] ^= 0x80;
	assert_false(ct_equal(bytes_in(SPAN(a)), bytes_in(SPAN(b))));
}

static void wipes_exactly(void **state)
{
	uint8_t a[9];

	(void)state;
	memset(a, 0xa5, sizeof(a));
	ct_wipe(a + 1, 7);
	assert_bytes_equal(bytes_in(SPAN(a)), BYTES("\xa5\0\0\0\0\0\0\0\xa5"));
	ct_wipe(a, 0);
	assert_int_equal(a[0], 0xa5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_or_not),
		cmocka_unit_test(wipes_exactly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
