#include "unit.h"
#include "base/limit.h"

enum { ROWS = 64 };

static const struct map_seed seed = { { 1, 2 } };
static struct limit_row mem[ROWS];
static struct limit limit;
static struct limit_rate rate_of;

static void start(uint32_t rate, uint32_t burst)
{
	memset(mem, 0, sizeof mem);
	limit_init(&limit, SPAN(mem), &seed);
	rate_of = (struct limit_rate){ rate, burst };
}

static int take(const char *key, int times, int64_t now)
{
	int n = 0;

	for (int i = 0; i < times; i++)
		n += limit_take(&limit, bytes_of(key), &rate_of, now);
	return n;
}

static void burst_then_rate(void **state)
{
	(void)state;
	start(10, 5);
	assert_int_equal(take("a", 100, 1000), 5);
	assert_int_equal(take("a", 100, 1099), 0);
	assert_int_equal(take("a", 100, 1100), 1);
	assert_int_equal(take("a", 100, 1300), 2);
	assert_int_equal(take("a", 100, 100000), 5);
}

/* A minute of more than is allowed. */
static void long_run(void **state)
{
	int n = 0;

	(void)state;
	start(20, 4);
	for (int64_t now = 0; now < 60000; now += 7)
		n += limit_take(&limit, BYTES("k"), &rate_of, now);
	assert_in_range(n, 20 * 60, 20 * 60 + 4);
}

static bool take_number(uint32_t i, int64_t now)
{
	return limit_take(&limit, (struct bytes){ (uint8_t *)&i, sizeof i },
			  &rate_of, now);
}

/* However many others there are, nobody is held for what they did. */
static void never_early(void **state)
{
	(void)state;
	start(1, 1);
	for (uint32_t i = 0; i < 100 * ROWS; i++)
		assert_true(take_number(i, 5));
}

/* And while there is room for all of them, none is forgotten. */
static void never_late_with_room(void **state)
{
	uint32_t twice = 0;

	(void)state;
	start(1, 1);
	for (uint32_t i = 0; i < ROWS / 4; i++)
		assert_true(take_number(i, 5));
	for (uint32_t i = 0; i < ROWS / 4; i++)
		twice += take_number(i, 6);
	assert_int_equal(twice, 0);
	for (uint32_t i = 0; i < ROWS / 4; i++)
		assert_true(take_number(i, 1005));
}

/* The one with most to pay is remembered longest: a hog does not get rid of its
 * debt by sending others ahead.
 */
static void hog_is_remembered(void **state)
{
	static const struct limit_rate slow = { 1, 50 };

	(void)state;
	start(1, 1);
	for (int i = 0; i < 50; i++)
		assert_true(limit_take(&limit, BYTES("hog"), &slow, 0));
	for (uint32_t i = 0; i < 100 * ROWS; i++)
		take_number(i, 5);
	assert_false(limit_take(&limit, BYTES("hog"), &slow, 10));
}

/* Each key may have a rate of its own. */
static void rates_differ(void **state)
{
	static const struct limit_rate slow = { 1, 2 }, fast = { 1000, 5 };
	int n = 0, m = 0;

	(void)state;
	start(1, 1);
	for (int i = 0; i < 10; i++) {
		n += limit_take(&limit, BYTES("slow"), &slow, 100);
		m += limit_take(&limit, BYTES("fast"), &fast, 100);
	}
	assert_int_equal(n, 2);
	assert_int_equal(m, 5);
	assert_true(limit_take(&limit, BYTES("fast"), &fast, 101));
	assert_false(limit_take(&limit, BYTES("slow"), &slow, 101));
}

/* Clocks never go back, but the first turn may be early. */
static void at_zero(void **state)
{
	(void)state;
	start(1000, 1);
	assert_int_equal(take("a", 5, 0), 1);
	assert_int_equal(take("a", 5, 1), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(burst_then_rate),
		cmocka_unit_test(long_run),
		cmocka_unit_test(never_early),
		cmocka_unit_test(never_late_with_room),
		cmocka_unit_test(hog_is_remembered),
		cmocka_unit_test(rates_differ),
		cmocka_unit_test(at_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
