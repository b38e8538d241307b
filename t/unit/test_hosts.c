#include "unit.h"
#include "net/hosts.h"

static const char file[] = "127.0.0.1\tlocalhost\n"
			   "192.0.2.1 one uno # two\n"
			   "# 192.0.2.9 one\n"
			   "  192.0.2.2   two.Example\r\n"
			   "2001:db8::2 two.example one\n"
			   "nonsense one\n"
			   "\n"
			   "192.0.2.3 last";

/* Numbers apart by a blank, in the order of the file. */
static const struct {
	const char *host, *addrs;
} rows[] = {
	{ "127.0.0.9", "127.0.0.9" },
	{ "::1", "::1" },
	{ "one", "192.0.2.1 2001:db8::2" },
	{ "ONE", "192.0.2.1 2001:db8::2" },
	{ "one.", "192.0.2.1 2001:db8::2" },
	{ "uno", "192.0.2.1" },
	{ "two", "" },
	{ "two.example", "192.0.2.2 2001:db8::2" },
	{ "last", "192.0.2.3" },
	{ "localhost", "127.0.0.1" },
	{ "a.localhost", "127.0.0.1 ::1" },
	{ "A.b.LocalHost.", "127.0.0.1 ::1" },
	{ "xlocalhost", "" },
	{ "localhosts", "" },
	{ "192.0.2.1", "192.0.2.1" },
	{ "nonsense", "" },
	{ "#", "" },
	{ "", "" },
	{ ".", "" },
};

static void found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int most = 1; most <= 4; most++) {
			struct addr to[4];
			struct guard g;
			char text[100];
			struct fmt f = fmt_to(SPAN(text));
			struct bytes all = guard_bytes(&g, BYTES(file));
			int n = hosts_find(all, bytes_of(rows[i].host), to,
					   most);

			assert_in_range(n, 0, most);
			for (int k = 0; k < n; k++) {
				assert_int_equal(to[k].port, 0);
				fmt_put(&f, k ? " " : "");
				addr_print_ip(&f, &to[k]);
			}
			fmt_text(&f);
			assert_memory_equal(text, rows[i].addrs, f.n);
			if (most == 4)
				assert_string_equal(text, rows[i].addrs);
			guard_free(&g);
		}
	}
}

/* The loopback without any file. */
static void localhost(void **state)
{
	struct bytes none = { NULL, 0 };
	struct addr to[4];

	(void)state;
	assert_int_equal(hosts_find(none, BYTES("localhost"), to, 4), 2);
	assert_int_equal(to[0].family, ADDR_IP4);
	assert_int_equal(to[1].family, ADDR_IP6);
	assert_int_equal(hosts_find(none, BYTES("localhost"), to, 1), 1);
	assert_int_equal(hosts_find(none, BYTES("other"), to, 4), 0);
}

static void may_ask(void **state)
{
	static const struct {
		const char *host;
		bool may;
	} names[] = {
		{ "a", true },           { "a.1b", true },  { "1.a", true },
		{ "", false },           { ".", false },    { "1.2.3", false },
		{ "127.0.0.1.", false }, { "a.12", false }, { "300", false },
		{ "a.", true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(hosts_may_ask(bytes_of(names[i].host)),
				 names[i].may);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(localhost),
		cmocka_unit_test(may_ask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
