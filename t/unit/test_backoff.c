#include "unit.h"
#include "base/backoff.h"

enum { MINUTES_10 = 600000 };

/* The longest wait after each failure, the failures at once. */
static void doubles(void **state)
{
	static const int64_t most[] = {
		250, 500, 1000, 2000, 4000, 4000, 4000
	};
	struct backoff b = { 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(most); i++)
		assert_int_equal(backoff_next(&b, 5, 0, UINT32_MAX), most[i]);
}

static void long_after_ten_minutes(void **state)
{
	static const struct {
		int64_t at, most;
	} rows[] = {
		{ 0, 250 },
		{ 1, 500 },
		{ MINUTES_10 - 1, 1000 },
		{ MINUTES_10, 30000 },
		{ MINUTES_10 + 1, 30000 },
		{ (int64_t)1 << 40, 30000 },
	};
	static const int64_t starts[] = { 0, 1, 77, (int64_t)1 << 40 };

	(void)state;
	for (size_t s = 0; s < COUNT(starts); s++) {
		struct backoff b = { 0 };

		for (size_t i = 0; i < COUNT(rows); i++)
			assert_int_equal(backoff_next(&b,
						      starts[s] + rows[i].at, 0,
						      UINT32_MAX),
					 rows[i].most);
	}
}

/* A success forgets everything. */
static void starts_anew(void **state)
{
	struct backoff b = { 0 };

	(void)state;
	backoff_next(&b, 0, 0, 0);
	assert_int_equal(backoff_next(&b, MINUTES_10, 0, UINT32_MAX), 30000);
	b = (struct backoff){ 0 };
	assert_int_equal(backoff_next(&b, MINUTES_10, 0, UINT32_MAX), 250);
}

static void chance_spreads(void **state)
{
	static const struct {
		uint32_t chance;
		int64_t wait;
	} rows[] = {
		{ 0, 0 },
		{ UINT32_MAX / 2, 125 },
		{ UINT32_MAX, 250 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct backoff b = { 0 };

		assert_int_equal(backoff_next(&b, 9, 0, rows[i].chance),
				 rows[i].wait);
	}
}

/* Any failures at any times: never under what was asked for, never over the
 * bound, and both halves of what is between come up.
 */
static void stays_in_bounds(void **state)
{
	static const int64_t retries[] = { 0, 1, 5000, 3600000 };
	uint64_t seed = 42;

	(void)state;
	for (size_t r = 0; r < COUNT(retries); r++) {
		struct backoff b = { 0 };
		int64_t now = 1000;
		unsigned low = 0, high = 0;

		for (unsigned i = 0; i < 2000; i++) {
			int64_t most = now - 1000 >= MINUTES_10 ? 30000 : 4000;
			int64_t wait = backoff_next(&b, now, retries[r],
						    unit_rand(&seed)) -
				       retries[r];

			assert_true(wait >= 0 && wait <= most);
			low += wait < most / 2;
			high += wait >= most / 2;
			now += wait;
		}
		assert_true(low > 600 && high > 600);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles),
		cmocka_unit_test(long_after_ten_minutes),
		cmocka_unit_test(starts_anew),
		cmocka_unit_test(chance_spreads),
		cmocka_unit_test(stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
