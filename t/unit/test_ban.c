#include "unit.h"
#include "base/ban.h"

enum { ROWS = 64, TIME = 60000 };

static struct ban_row mem[ROWS];
static struct bans b;

static void start(uint32_t after)
{
	static const struct map_seed seed = { { 5, 6 } };
	const struct ban_rule rule = { after, TIME };

	memset(mem, 0, sizeof mem);
	bans_init(&b, SPAN(mem), &rule, &seed);
}

/* How many bans that began. */
static int slip(const char *key, int times, int64_t now)
{
	int begun = 0;

	for (int i = 0; i < times; i++)
		begun += bans_failed(&b, bytes_of(key), now);
	return begun;
}

static int64_t left(const char *key, int64_t now)
{
	return bans_left(&b, bytes_of(key), now);
}

static void bans_for_a_while(void **state)
{
	(void)state;
	start(3);
	assert_int_equal(left("a", 0), 0);
	assert_int_equal(slip("a", 2, 0), 0);
	assert_int_equal(left("a", 0), 0);
	assert_int_equal(slip("a", 1, 10), 1);
	assert_int_equal(left("a", 10), TIME);
	assert_int_equal(slip("a", 2, 10), 0); /* it has begun */
	assert_int_equal(left("b", 10), 0);
	assert_int_equal(left("a", TIME + 9), 1);
	assert_int_equal(left("a", TIME + 10), 0);
	/* and begins anew */
	slip("a", 2, TIME + 10);
	assert_int_equal(left("a", TIME + 10), 0);
	slip("a", 1, TIME + 11);
	assert_int_equal(left("a", TIME + 11), TIME);
}

/* Slips far apart are no attack. */
static void forgets(void **state)
{
	(void)state;
	start(2);
	for (int i = 0; i < 10; i++) {
		slip("a", 1, i * (int64_t)TIME);
		assert_int_equal(left("a", i * (int64_t)TIME), 0);
	}
	start(2);
	slip("a", 1, 0);
	bans_forgive(&b, BYTES("a"));
	bans_forgive(&b, BYTES("never seen"));
	slip("a", 1, 1);
	assert_int_equal(left("a", 1), 0);
}

static void never(void **state)
{
	(void)state;
	start(0);
	assert_int_equal(slip("a", 1000, 0), 0);
	assert_int_equal(left("a", 0), 0);
}

/* Any number of names that failed once do not wash away one that is banned, nor
 * one that is about to be.
 */
static void cannot_be_washed_away(void **state)
{
	(void)state;
	start(5);
	slip("banned", 5, 0);
	slip("nearly", 4, 0);
	for (uint32_t i = 0; i < 100 * ROWS; i++)
		bans_failed(&b, (struct bytes){ (uint8_t *)&i, sizeof i }, 1);
	assert_int_equal(left("banned", 1), TIME - 1);
	slip("nearly", 1, 2);
	assert_int_equal(left("nearly", 2), TIME);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bans_for_a_while),
		cmocka_unit_test(forgets),
		cmocka_unit_test(never),
		cmocka_unit_test(cannot_be_washed_away),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
