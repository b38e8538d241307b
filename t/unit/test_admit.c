#include "unit.h"
#include "wire/admit.h"

static void quiet(struct diag *d, const char *text)
{
	(void)d, (void)text;
}

static const char text[] = "# who may do what\n"
			   "\n"
			   "q1w2e3r4t5y6u7i8o9p0a1s1 host=home,office\r\n"
			   "  q1w2e3r4t5y6u7i8o9p0a1s2\tjoin=home\n"
			   "q1w2e3r4t5y6u7i8o9p0a1s3\n"
			   "q1w2e3r4t5y6u7i8o9p0a1s4 host=* join=";

/* By line: may host home, may host cabin, may join home, may join cabin. */
static const bool rights[][4] = {
	{ true, false, false, false },
	{ false, false, true, false },
	{ true, true, true, true },
	{ true, true, false, false },
};

static void lines(void **state)
{
	struct guard g;
	struct bytes all = guard_bytes(&g, bytes_of(text));
	struct admit a;
	size_t at = 0, n = 0;

	(void)state;
	for (; admit_next(&a, all, &at); n++) {
		assert_true(n < COUNT(rights));
		assert_int_equal(a.token.n, 24);
		assert_int_equal(a.token.p[23], '1' + (int)n);
		assert_int_equal(admit_hosts(&a, BYTES("home")), rights[n][0]);
		assert_int_equal(admit_hosts(&a, BYTES("cabin")), rights[n][1]);
		assert_int_equal(admit_joins(&a, BYTES("home")), rights[n][2]);
		assert_int_equal(admit_joins(&a, BYTES("cabin")), rights[n][3]);
	}
	assert_int_equal(n, COUNT(rights));
	guard_free(&g);
}

static void faults(void **state)
{
	static const struct {
		const char *text;
		unsigned n, wrong;
	} tab[] = {
		{ text, 4, 0 },
		{ "", 0, 0 },
		{ "# only this", 0, 0 },
		{ "short", 1, 1 },
		{ "q1w2e3r4t5y6u7i8o9p0a1s1 open=x", 1, 1 },
		{ "q1w2e3r4t5y6u7i8o9p0a1s1 host=a host=b", 1, 1 },
		{ "q1w2e3r4t5y6u7i8o9p0a1s1 host", 1, 1 },
		{ "abcdefghijklmnop\nx\n", 2, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct diag d = { .say = quiet, .where = "f" };
		struct guard g;
		struct bytes all = guard_bytes(&g, bytes_of(tab[i].text));

		assert_int_equal(admit_check(all, false, &d), tab[i].n);
		assert_int_equal(d.count, tab[i].wrong);
		guard_free(&g);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
