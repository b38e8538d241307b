#include "unit.h"
#include "base/cidr.h"

static const char *parse(struct cidr *c, const char *text)
{
	struct guard g;
	const char *why = cidr_parse(c, guard_bytes(&g, bytes_of(text)));

	guard_free(&g);
	return why;
}

/* What is in a network and what is not. */
static void holds(void **state)
{
	static const struct {
		const char *cidr, *addr;
		bool in;
	} rows[] = {
		{ "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },
		{ "192.0.2.0/24", "::ffff:192.0.2.7", true },
		{ "::ffff:192.0.2.0/120", "192.0.2.7", true },
		{ "::ffff:192.0.2.0/120", "192.0.3.7", false },
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.0", false },
		{ "192.0.2.1/32", "192.0.2.1", true },
		{ "192.0.2.2/31", "192.0.2.3", true },
		{ "192.0.2.2/31", "192.0.2.4", false },
		{ "0.0.0.0/0", "255.1.2.3", true },
		{ "0.0.0.0/0", "::ffff:1.2.3.4", true },
		{ "0.0.0.0/0", "2001:db8::1", false },
		{ "0.0.0.0/0", "::1", false },
		{ "128.0.0.0/1", "128.0.0.0", true },
		{ "128.0.0.0/1", "127.255.255.255", false },
		{ "::/0", "2001:db8::1", true },
		{ "::/0", "::", true },
		{ "::/0", "192.0.2.1", false },
		{ "::/80", "::ffff:192.0.2.1", false },
		{ "::ffff:0:0/96", "192.0.2.1", true },
		{ "::ffff:0:0/96", "2001:db8::1", false },
		{ "2001:db8::/32", "2001:db8:ffff::1", true },
		{ "2001:db8::/32", "2001:db9::1", false },
		{ "2001:db8::/33", "2001:db8:8000::", false },
		{ "2001:db8::1", "2001:db8::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "fe80::/10", "fe80::1%3", true },
		{ "c000:200::/24", "192.0.2.1", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cidrs l = { .n = 1 };
		struct addr a;

		assert_null(parse(&l.v[0], rows[i].cidr));
		assert_int_equal(addr_parse_ip(&a, bytes_of(rows[i].addr)), 0);
		if (cidrs_have(&l, &a) != rows[i].in)
			fail_msg("%s in %s", rows[i].addr, rows[i].cidr);
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"",
		"/",
		"/8",
		"10.0.0.0/",
		"10.0.0.0/33",
		"10.0.0.0/-1",
		"10.0.0.0/+8",
		"10.0.0.0/0008",
		"10.0.0.0/8 ",
		" 10.0.0.0/8",
		"10.0.0.0/8/8",
		"10.0.0.0/255.0.0.0",
		"10.0.0.0/8x",
		"10.0.0/8",
		"10.0.0.1/8", /* bits behind the prefix */
		"10.0.0.1/0",
		"2001:db8::/129",
		"2001:db8::/999",
		"2001:db8::/18446744073709551648",
		"2001:db8::1/64",
		"::ffff:192.0.2.0/95",
		"fe80::1%3/128",
		"fe80::1%3",
		"host",
		"[::1]/128",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct cidr c = { .bits = 77 };

		if (!parse(&c, bad[i]) || c.bits != 77)
			fail_msg("accepted: %s", bad[i]);
	}
}

static bool have(const struct cidrs *l, const char *text)
{
	struct addr a;

	assert_int_equal(addr_parse_ip(&a, bytes_of(text)), 0);
	return cidrs_have(l, &a);
}

static void lists(void **state)
{
	struct cidrs l = { .n = 0 };

	(void)state;
	assert_false(have(&l, "192.0.2.1"));
	assert_null(cidrs_parse(&l, BYTES("")));
	assert_int_equal(l.n, 0);
	assert_null(cidrs_parse(&l, BYTES(" 10.0.0.0/8  2001:db8::/32 ")));
	assert_null(cidrs_parse(&l, BYTES("192.0.2.1")));
	assert_int_equal(l.n, 3);
	assert_true(have(&l, "10.1.2.3"));
	assert_true(have(&l, "2001:db8::9"));
	assert_true(have(&l, "192.0.2.1"));
	assert_false(have(&l, "192.0.2.2"));
	assert_non_null(cidrs_parse(&l, BYTES("10.0.0.0/8 x")));
	assert_int_equal(l.n, 3);
}

static void no_more_than_most(void **state)
{
	struct cidrs l = { .n = 0 };

	(void)state;
	for (int i = 0; i < CIDRS_MOST; i++)
		assert_null(cidrs_parse(&l, BYTES("::1")));
	assert_non_null(cidrs_parse(&l, BYTES("::1")));
	assert_int_equal(l.n, CIDRS_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds),
		cmocka_unit_test(refuses),
		cmocka_unit_test(lists),
		cmocka_unit_test(no_more_than_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
