#include "unit.h"
#include "base/limit.h"

enum { BUCKETS = 64 };

static const struct map_seed seed = { { 1, 2 } };
static int64_t mem[BUCKETS];
static struct limit limit;

static void start(uint32_t rate, uint32_t burst)
{
	memset(mem, 0, sizeof mem);
	limit_init(&limit, SPAN(mem), rate, burst, &seed);
}

static int take(const char *key, int times, int64_t now)
{
	int n = 0;

	for (int i = 0; i < times; i++)
		n += limit_take(&limit, bytes_of(key), now);
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
		n += limit_take(&limit, BYTES("k"), now);
	assert_in_range(n, 20 * 60, 20 * 60 + 4);
}

static void one_key_leaves_others_alone(void **state)
{
	int free = 0;

	(void)state;
	start(1, 1);
	assert_int_equal(take("hog", 10, 5), 1);
	for (int i = 0; i < 100; i++) {
		uint8_t key[2] = { (uint8_t)i, 7 };

		free += limit_take(&limit, (struct bytes){ key, 2 }, 5);
	}
	/* a hundred keys in 64 buckets: many share, none has more than one */
	assert_in_range(free, 32, BUCKETS - 1);
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
		cmocka_unit_test(one_key_leaves_others_alone),
		cmocka_unit_test(at_zero),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
