#include "unit.h"
#include "os/clock.h"
#include <time.h>

static int64_t steady_ms(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void never_back(void **state)
{
	int64_t last = steady_ms();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_ms();

		assert_true(now >= last);
		last = now;
	}
	assert_true(steady_ms() >= last);
}

static void in_milliseconds(void **state)
{
	struct timespec wait = { 0, 20 * 1000000 };
	int64_t outer = steady_ms(), before = clock_ms(), took;

	(void)state;
	nanosleep(&wait, NULL);
	clock_wait(20);
	took = clock_ms() - before;
	assert_true(took >= 39);
	assert_true(took <= steady_ms() - outer + 1);
}

static void since_1970(void **state)
{
	int64_t before = (int64_t)time(NULL), now = clock_unix();

	(void)state;
	assert_in_range(now - before + 2, 1, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_back),
		cmocka_unit_test(in_milliseconds),
		cmocka_unit_test(since_1970),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
