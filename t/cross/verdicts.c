/* Tests that end as their names say, one for each way to fail: for selftest.py,
 * which runs this against libcmocka and against vendor/cmocka. With an argument
 * the set-up of the group fails.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdbool.h>

#define CASES(X) \
	X(passes_empty, (void)0) \
	X(passes_true, assert_true(1 + 1 == 2)) \
	X(passes_wide, assert_int_equal((int8_t)-1, -1)) \
	X(passes_range, assert_in_range(5, 5, 5)) \
	X(passes_text, assert_string_equal("a", "a")) \
	X(passes_no_bytes, assert_memory_equal("a", "b", 0)) \
	X(skips, skip()) \
	X(fails_fail, fail()) \
	X(fails_msg, fail_msg("%d", 3)) \
	X(fails_true, assert_true(false)) \
	X(fails_false, assert_false(true)) \
	X(fails_null, assert_null("")) \
	X(fails_non_null, assert_non_null(NULL)) \
	X(fails_ptr, assert_ptr_equal("", NULL)) \
	X(fails_int, assert_int_equal(1, 2)) \
	X(fails_int_wide, assert_int_equal(1, 1 + (1LL << 32))) \
	X(fails_int_not, assert_int_not_equal(2, 2)) \
	X(fails_below, assert_in_range(4, 5, 6)) \
	X(fails_above, assert_in_range(7, 5, 6)) \
	X(fails_text, assert_string_equal("a", "b")) \
	X(fails_bytes, assert_memory_equal("ab", "ac", 2))

/* What follows the verdict must not run. */
#define TEST(name, verdict) \
	static void name(void **state) \
	{ \
		(void)state; \
		verdict; \
		if (#name[0] != 'p') \
			print_message("went on: %s\n", #name); \
	}
CASES(TEST)

static int wrong(void **state)
{
	(void)state;
	return -1;
}

#define ROW(name, verdict) cmocka_unit_test(name),

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { CASES(ROW) };

	(void)argv;
	return cmocka_run_group_tests(tests, argc > 1 ? wrong : NULL, NULL);
}
