#include "unit.h"
#include "base/addr.h"

static const char *shown(const struct addr *a, bool port)
{
	static uint8_t room[128];
	struct fmt f = fmt_to(SPAN(room));

	(port ? addr_print : addr_print_ip)(&f, a);
	assert_false(f.full);
	return fmt_text(&f);
}

static int parse(struct addr *a, const char *text)
{
	struct guard g;
	int err = addr_parse_ip(a, guard_bytes(&g, bytes_of(text)));

	guard_free(&g);
	return err;
}

/* Texts that are addresses, and how RFC 5952 writes them. */
static const struct {
	const char *text, *want;
	uint8_t family;
} good[] = {
	{ "0.0.0.0", "0.0.0.0", ADDR_IP4 },
	{ "192.0.2.1", "192.0.2.1", ADDR_IP4 },
	{ "255.255.255.255", "255.255.255.255", ADDR_IP4 },
	{ "10.20.30.40", "10.20.30.40", ADDR_IP4 },
	{ "::", "::", ADDR_IP6 },
	{ "::1", "::1", ADDR_IP6 },
	{ "1::", "1::", ADDR_IP6 },
	{ "2001:DB8::00a1", "2001:db8::a1", ADDR_IP6 },
	{ "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", ADDR_IP6 },
	{ "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", ADDR_IP6 },
	{ "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", ADDR_IP6 },
	{ "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1", ADDR_IP6 },
	{ "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", ADDR_IP6 },
	{ "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0", ADDR_IP6 },
	{ "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8", ADDR_IP6 },
	{ "1:0:0:4:5:6:0:0", "1::4:5:6:0:0", ADDR_IP6 },
	{ "0:0:3:4:5:0:0:0", "0:0:3:4:5::", ADDR_IP6 },
	{ "ffff:FFFF::", "ffff:ffff::", ADDR_IP6 },
	{ "::ffff:192.0.2.1", "192.0.2.1", ADDR_IP6 },
	{ "0:0:0:0:0:ffff:102:304", "1.2.3.4", ADDR_IP6 },
	{ "::192.0.2.1", "::c000:201", ADDR_IP6 },
	{ "64:ff9b::192.0.2.33", "64:ff9b::c000:221", ADDR_IP6 },
	{ "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304", ADDR_IP6 },
	{ "fe80::1%3", "fe80::1%3", ADDR_IP6 },
	{ "febf::%4294967295", "febf::%4294967295", ADDR_IP6 },
};

static void parses_and_prints(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct addr a, again;

		memset(&a, 0xa5, sizeof(a));
		assert_int_equal(parse(&a, good[i].text), 0);
		assert_int_equal(a.family, good[i].family);
		assert_int_equal(a.port, 0);
		assert_string_equal(shown(&a, false), good[i].want);
		assert_int_equal(parse(&again, good[i].want), 0);
		assert_string_equal(shown(&again, false), good[i].want);
		assert_true(addr_same_ip(&a, &again));
	}
}

static void refuses(void **state)
{
	static const char *const bad[] = {
		"",
		".",
		"1",
		"1.2.3",
		"1.2.3.",
		"1.2.3.4.",
		"1.2.3.4.5",
		"256.1.1.1",
		"1.2.3.256",
		"01.2.3.4",
		"1.2.3.04",
		"00.0.0.0",
		"1.2.3.0004",
		"1..2.3",
		"1.2.3.4 ",
		" 1.2.3.4",
		"-1.2.3.4",
		"1.2.3.4%1",
		"0x1.2.3.4",
		"1.2.3.4:80",
		":",
		":::",
		":1",
		"1:",
		"1:2",
		"::1::",
		"1::2::3",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:",
		":1:2:3:4:5:6:7:8",
		"1:2:3:4:5:6:7:8:",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:8::",
		"::1:2:3:4:5:6:7:8",
		"1:2:3:4::5:6:7:8",
		"12345::",
		"::g",
		"::-1",
		"::1 ",
		"[::1]",
		"::1/64",
		"1.2.3.4::",
		"::1.2.3.4:5",
		"::1.2.3",
		"::1.2.3.4.5",
		"::1.2.3.256",
		"1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:1.2.3.4",
		"::1:2:3:4:5:6:7:1.2.3.4",
		"1:2:3:4:5:6::1.2.3.4",
		"::ffff:01.2.3.4",
		"::12345.2.3.4",
		"fe80::1%",
		"fe80::1%eth0",
		"fe80::1%0",
		"fe80::1%4294967296",
		"fe80::1%3%4",
		"::1%3",
		"fe80::1%-1",
		"fe80::1%18446744073709551617",
		"fec0::1%3",
	};
	struct addr a, before;

	(void)state;
	memset(&a, 0xa5, sizeof(a));
	before = a;
	for (size_t i = 0; i < COUNT(bad); i++) {
		if (parse(&a, bad[i]) != -NAT_EINVAL)
			fail_msg("accepted: %s", bad[i]);
		assert_memory_equal(&a, &before, sizeof(a));
	}
}

/* Whatever bytes come, what is accepted prints to what means the same. */
static void random_texts(void **state)
{
	static const char alphabet[] = "0123456789abcF::::::...%";
	uint64_t seed = 4291;
	unsigned accepted = 0;

	(void)state;
	for (int turn = 0; turn < 100000; turn++) {
		uint8_t text[12];
		struct bytes b = { text, unit_rand(&seed) % sizeof(text) };
		struct addr a, again;

		for (size_t i = 0; i < b.n; i++)
			text[i] = (uint8_t)alphabet[unit_rand(&seed) %
						    (sizeof(alphabet) - 1)];
		if (addr_parse_ip(&a, b) < 0)
			continue;
		accepted++;
		b = bytes_of(shown(&a, false));
		assert_int_equal(addr_parse_ip(&again, b), 0);
		assert_true(addr_same_ip(&a, &again));
	}
	assert_true(accepted > 100);
}

static void random_addresses(void **state)
{
	uint64_t seed = 5952;

	(void)state;
	for (int turn = 0; turn < 10000; turn++) {
		struct addr a = { .family = ADDR_IP6 }, again;

		for (size_t i = 0; i < 16; i++)
			a.ip[i] = (unit_rand(&seed) & 3)
					  ? 0
					  : (uint8_t)unit_rand(&seed);
		assert_int_equal(parse(&again, shown(&a, false)), 0);
		assert_true(addr_same_ip(&a, &again));
	}
}

static void prints_with_port(void **state)
{
	struct addr a, un = { .family = ADDR_UNIX, .path = "/run/x.sock" };

	(void)state;
	assert_int_equal(parse(&a, "192.0.2.1"), 0);
	a.port = 80;
	assert_string_equal(shown(&a, true), "192.0.2.1:80");
	assert_int_equal(parse(&a, "2001:db8::1"), 0);
	a.port = 65535;
	assert_string_equal(shown(&a, true), "[2001:db8::1]:65535");
	assert_int_equal(parse(&a, "fe80::1%3"), 0);
	assert_string_equal(shown(&a, true), "[fe80::1%3]:0");
	assert_int_equal(parse(&a, "::ffff:192.0.2.1"), 0);
	assert_string_equal(shown(&a, true), "192.0.2.1:0");
	assert_string_equal(shown(&un, true), "unix:/run/x.sock");
}

static void same_ip(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "::192.0.2.1", false },
		{ "192.0.2.1", "c000:201::", false },
		{ "2001:db8::1", "2001:db8::1", true },
		{ "2001:db8::1", "2001:db8::2", false },
		{ "2001:db8::1", "2001:db9::1", false },
		{ "fe80::1%3", "fe80::1%3", true },
		{ "fe80::1%3", "fe80::1%4", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr a, b;

		assert_int_equal(parse(&a, rows[i].a), 0);
		assert_int_equal(parse(&b, rows[i].b), 0);
		a.port = 1;
		b.port = 2;
		assert_int_equal(addr_same_ip(&a, &b), rows[i].same);
		assert_int_equal(addr_same_ip(&b, &a), rows[i].same);
	}
}

static void cuts(void **state)
{
	static const struct {
		const char *a;
		unsigned bits;
		const char *cut;
	} rows[] = {
		{ "192.0.2.129", 128, "::ffff:192.0.2.129" },
		{ "::ffff:192.0.2.129", 128, "::ffff:192.0.2.129" },
		{ "192.0.2.129", 120, "::ffff:192.0.2.0" },
		{ "192.0.2.129", 121, "::ffff:192.0.2.128" },
		{ "255.255.255.255", 97, "::ffff:128.0.0.0" },
		{ "255.255.255.255", 96, "::ffff:0.0.0.0" },
		{ "255.255.255.255", 0, "::" },
		{ "2001:db8:ffff::1", 128, "2001:db8:ffff::1" },
		{ "2001:db8:ffff::1", 64, "2001:db8:ffff::" },
		{ "2001:db8:ffff::1", 35, "2001:db8:e000::" },
		{ "2001:db8:ffff::1", 1, "::" },
		{ "ffff::", 1, "8000::" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr a, want;
		uint8_t got[16];

		assert_int_equal(parse(&a, rows[i].a), 0);
		assert_int_equal(parse(&want, rows[i].cut), 0);
		addr_cut(got, &a, rows[i].bits);
		assert_memory_equal(got, want.ip, 16);
	}
}

/* Neighbours of a /64 are one, those of an IPv4 network are not. */
static void hosts(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", true },
		{ "192.0.2.1", "::ffff:192.0.2.1", true },
		{ "192.0.2.1", "192.0.2.2", false },
		{ "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true },
		{ "2001:db8::1", "2001:db8:0:1::1", false },
	};
	static const struct addr none;
	uint8_t one[16], two[16] = { 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr a, b;

		assert_int_equal(parse(&a, rows[i].a), 0);
		assert_int_equal(parse(&b, rows[i].b), 0);
		addr_host(one, &a);
		addr_host(two, &b);
		assert_int_equal(memcmp(one, two, 16) == 0, rows[i].same);
		assert_int_equal(addr_is_ip4(&a), strchr(rows[i].a, '.') != 0);
	}
	addr_host(one, &none);
	memset(two, 0, sizeof two);
	assert_memory_equal(one, two, 16);
}

static void host_and_port(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} rows[] = {
		{ "host:80", "host", 80 },
		{ "relay.example.org:8888", "relay.example.org", 8888 },
		{ "192.0.2.1:1", "192.0.2.1", 1 },
		{ ":80", "", 80 },
		{ "80", "", 80 },
		{ "0", "", 0 },
		{ "65535", "", 65535 },
		{ "a_b-c:00080", "a_b-c", 80 },
		{ "[2001:db8::1]:443", "2001:db8::1", 443 },
		{ "[::]:0", "::", 0 },
		{ "[fe80::1%3]:22", "fe80::1%3", 22 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct bytes text = guard_bytes(&g, bytes_of(rows[i].text));
		struct hostport hp;

		assert_int_equal(hostport_parse(&hp, text), 0);
		assert_bytes_equal(hp.host, bytes_of(rows[i].host));
		assert_int_equal(hp.port, rows[i].port);
		assert_true(hp.host.n == 0 || (hp.host.p >= text.p &&
					       hp.host.p < text.p + text.n));
		guard_free(&g);
	}
}

static void no_host_and_port(void **state)
{
	static const char *const bad[] = {
		"",           ":",
		"host",       "host:",
		"host:65536", "65536",
		":65536",     "host:80 ",
		"host: 80",   "host:+80",
		"host:-1",    "host:0x50",
		"host:8O",    "host:99999999999999999999",
		"::1:80",     "::1",
		"a:b:1",      "host:80:",
		"[::1]",      "[::1]80",
		"[::1]:",     "[::1",
		"[]:80",      "[192.0.2.1]:80",
		"[host]:80",  "[::1]]:80",
		"[[::1]]:80", "[::1]:65536",
		"ho st:80",   "ho/st:80",
		"unix:/path", "h\xffst:1",
		"[::1]:80x",  "*:80",
		"ho[st:80",   "host]:80",
		"h@st:1",     "h`st:1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct hostport hp = { BYTES("kept"), 7 };
		struct guard g;
		struct bytes text = guard_bytes(&g, bytes_of(bad[i]));

		if (hostport_parse(&hp, text) != -NAT_EINVAL)
			fail_msg("accepted: %s", bad[i]);
		assert_bytes_equal(hp.host, BYTES("kept"));
		assert_int_equal(hp.port, 7);
		guard_free(&g);
	}
}

static void nothing_is_no_address(void **state)
{
	struct hostport hp;
	struct addr a;

	(void)state;
	assert_int_equal(addr_parse_ip(&a, (struct bytes){ NULL, 0 }),
			 -NAT_EINVAL);
	assert_int_equal(hostport_parse(&hp, (struct bytes){ NULL, 0 }),
			 -NAT_EINVAL);
}

static void with_port(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{ "192.0.2.1:80", true },
		{ "[2001:db8::1]:80", true },
		{ "192.0.2.1:0", false },
		{ "192.0.2.1", false },
		{ ":80", false },
		{ "80", false },
		{ "host:80", false },
		{ "2001:db8::1:80", false },
		{ "192.0.2.1:65536", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct addr a = { .family = ADDR_NONE };
		char text[64];
		struct fmt f = fmt_to(SPAN(text));

		assert_int_equal(addr_parse(&a, bytes_of(rows[i].text)),
				 rows[i].good ? 0 : -NAT_EINVAL);
		assert_int_equal(a.family != ADDR_NONE, rows[i].good);
		if (rows[i].good)
			addr_print(&f, &a);
		if (rows[i].good)
			assert_string_equal(fmt_text(&f), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(with_port),
		cmocka_unit_test(parses_and_prints),
		cmocka_unit_test(refuses),
		cmocka_unit_test(random_texts),
		cmocka_unit_test(random_addresses),
		cmocka_unit_test(prints_with_port),
		cmocka_unit_test(same_ip),
		cmocka_unit_test(cuts),
		cmocka_unit_test(hosts),
		cmocka_unit_test(host_and_port),
		cmocka_unit_test(no_host_and_port),
		cmocka_unit_test(nothing_is_no_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
