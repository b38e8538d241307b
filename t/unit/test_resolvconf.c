#include "unit.h"
#include "wire/resolvconf.h"

/* What was understood, in one line. */
static void print(struct fmt *f, const struct resolvconf *c)
{
	for (int i = 0; i < c->nservers; i++) {
		addr_print(f, &c->servers[i]);
		fmt_put(f, "%%%.*s ", (int)c->zones[i].n,
			(const char *)c->zones[i].p);
	}
	for (int i = 0; i < c->nsearch; i++)
		fmt_put(f, "%.*s ", (int)c->search[i].n,
			(const char *)c->search[i].p);
	fmt_put(f, "%u %u %u%s", c->ndots, c->attempts, c->timeout_ms,
		c->rotate ? " rotate" : "");
}

#define NONE "127.0.0.1:53% "
#define REST "1 2 2000"

static const struct {
	const char *text, *want;
} rows[] = {
	{ "", NONE REST },
	{ "nameserver 192.0.2.1", "192.0.2.1:53% " REST },
	{ "nameserver\t192.0.2.1  \r\nnameserver 2001:db8::1\n",
	  "192.0.2.1:53% [2001:db8::1]:53% " REST },
	{ "nameserver [192.0.2.1]:5353\nnameserver [::1]:54\n",
	  "192.0.2.1:5353% [::1]:54% " REST },
	{ "nameserver fe80::1%3\n", "[fe80::1%3]:53% " REST },
	{ "nameserver fe80::1%eth0\n", "[fe80::1]:53%eth0 " REST },
	{ "nameserver [fe80::1%eth0]:9\n", "[fe80::1]:9%eth0 " REST },
	{ "nameserver 1.2.3\nnameserver\nnameserver [::1]\n"
	  "nameserver [::1]:0\nnameserver [::1]:65536\nnameserver []:53\n"
	  "nameserver [::1]:5x\nnameserver a.example\nnameserver %eth0\n",
	  NONE REST },
	{ "nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
	  "nameserver 192.0.2.4\n",
	  "192.0.2.1:53% 192.0.2.2:53% 192.0.2.3:53% " REST },
	{ "# nameserver 192.0.2.1\n; nameserver 192.0.2.1\n#\n", NONE REST },
	{ "search a.example b.example", NONE "a.example b.example " REST },
	{ "search a b\ndomain c\n", NONE "c " REST },
	{ "domain c\nsearch a b\n", NONE "a b " REST },
	{ "search 1 2 3 4 5 6 7\n", NONE "1 2 3 4 5 6 " REST },
	{ "options ndots:3 timeout:7 attempts:4 rotate edns0\n",
	  NONE "3 4 7000 rotate" },
	{ "options ndots:99 timeout:99 attempts:99\n", NONE "15 5 30000" },
	{ "options ndots:0 timeout:0 attempts:0\n", NONE "0 1 1000" },
	{ "options ndots: ndots:x ndots timeout:-1 attempts:2x\n", NONE REST },
	{ "options ndots:99999999999999999999\n", NONE "15 2 2000" },
	{ "nonsense\n\noptionsrotate\nsortlist 1\n", NONE REST },
};

static void understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct resolvconf c;
		char text[200];
		struct fmt f = fmt_to(SPAN(text));

		resolvconf_parse(&c, guard_bytes(&g, bytes_of(rows[i].text)));
		print(&f, &c);
		assert_string_equal(fmt_text(&f), rows[i].want);
		guard_free(&g);
	}
}

/* Every beginning of a file gives something that can be used. */
static void cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes all = bytes_of(rows[i].text);

		each_split(at, all.n)
		{
			struct guard g;
			struct resolvconf c;

			resolvconf_parse(&c,
					 guard_bytes(&g, bytes_head(all, at)));
			assert_in_range(c.nservers, 1, RESOLVCONF_SERVERS);
			assert_in_range(c.attempts, 1, 5);
			assert_in_range(c.timeout_ms, 1000, 30000);
			guard_free(&g);
		}
	}
}

/* By ndots: as it stands first or last; -: it is none. */
static void names_in_order(void **state)
{
	static const struct {
		const char *conf, *host, *names[5];
	} orders[] = {
		{ "", "a", { "a" } },
		{ "search x y\n", "a", { "a.x", "a.y", "a" } },
		{ "search x y\n", "a.b", { "a.b", "a.b.x", "a.b.y" } },
		{ "search x y\n", "a.", { "a" } },
		{ "search x\noptions ndots:2\n", "a.b", { "a.b.x", "a.b" } },
		{ "search x\noptions ndots:0\n", "a", { "a", "a.x" } },
		{ "search .. y\n", "a", { "-", "a.y", "a" } },
		{ "search x\n", "a..b", { "-", "-" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(orders); i++) {
		struct resolvconf c;
		struct dns_name name, want;
		struct bytes host = bytes_of(orders[i].host);
		unsigned k = 0;

		resolvconf_parse(&c, bytes_of(orders[i].conf));
		for (; orders[i].names[k]; k++) {
			struct bytes text = bytes_of(orders[i].names[k]);
			int rc = resolvconf_name(&c, host, k, &name);

			if (bytes_are(text, "-")) {
				assert_int_equal(rc, -NAT_EINVAL);
				continue;
			}
			assert_int_equal(rc, 0);
			assert_int_equal(dns_name_of(&want, text,
						     (struct bytes){ NULL, 0 }),
					 0);
			assert_true(dns_same_name(&name, &want));
		}
		assert_int_equal(resolvconf_name(&c, host, k, &name),
				 -NAT_ENOENT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(understood),
		cmocka_unit_test(cut),
		cmocka_unit_test(names_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
