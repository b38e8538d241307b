#include "unit.h"
#include "base/date.h"
#include <time.h>

static void assert_same(int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;
	struct date d = date_of(at);

	assert_non_null(gmtime_r(&t, &tm));
	assert_int_equal(d.year, tm.tm_year + 1900);
	assert_int_equal(d.month, tm.tm_mon + 1);
	assert_int_equal(d.day, tm.tm_mday);
	assert_int_equal(d.hour, tm.tm_hour);
	assert_int_equal(d.minute, tm.tm_min);
	assert_int_equal(d.second, tm.tm_sec);
}

static void is_the_day_of_others(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int64_t day = 0; day < 47482; day++) /* to 2099 */
		assert_same(day * 86400 + unit_rand(&seed) % 86400);
	if (sizeof(time_t) > 4)
		assert_same(253402300799); /* the last second of 9999 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_the_day_of_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
