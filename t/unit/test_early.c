#include "unit.h"
#include "wire/dtls/early.h"

static void test_order(void **state)
{
	struct early e = { 0 };
	uint8_t big[EARLY_ROOM] = { 7 };
	struct span s;

	(void)state;
	assert_null(early_take(&e).p);
	early_keep(&e, BYTES(""));
	assert_int_equal(early_count(&e), 0);
	early_keep(&e, BYTES("one"));
	early_keep(&e, BYTES("two"));
	early_keep(&e, (struct bytes){ big, sizeof big - 5 });
	assert_int_equal(early_count(&e), 2);
	early_keep(&e, (struct bytes){ big, sizeof big - 6 });
	early_keep(&e, BYTES("x"));
	assert_int_equal(early_count(&e), 3);
	assert_bytes_equal(bytes_in(early_take(&e)), BYTES("one"));
	assert_bytes_equal(bytes_in(early_take(&e)), BYTES("two"));
	s = early_take(&e);
	assert_int_equal(s.n, sizeof big - 6);
	/* What was taken may be put back. */
	early_keep(&e, bytes_in(s));
	s = early_take(&e);
	assert_memory_equal(s.p, big, s.n);
	assert_null(early_take(&e).p);
}

static void test_number(void **state)
{
	struct early e = { 0 };

	(void)state;
	for (int i = 0; i < 3 * EARLY_MOST; i++)
		early_keep(&e, BYTES("a"));
	assert_int_equal(early_count(&e), EARLY_MOST);
	while (early_take(&e).p)
		;
	early_keep(&e, BYTES("b"));
	assert_bytes_equal(bytes_in(early_take(&e)), BYTES("b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
