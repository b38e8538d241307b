#include "unit.h"
#include "wire/service.h"

#define NAME58 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *text, *name;
	unsigned protocol;
	const char *local;
	uint16_t lo, hi, public_lo, public_hi;
	const char *public_host;
} good[] = {
	{ "tcp:22", "tcp-22", FASTNAT_TCP, "127.0.0.1:22", 22, 22, 0, 0, "" },
	{ "ssh=tcp:22@6022", "ssh", FASTNAT_TCP, "127.0.0.1:22", 22, 22, 6022,
	  6022, "" },
	{ "udp:51820@51820", "udp-51820", FASTNAT_UDP, "127.0.0.1:51820", 51820,
	  51820, 51820, 51820, "" },
	{ "tcp::1", "tcp-1", FASTNAT_TCP, "127.0.0.1:1", 1, 1, 0, 0, "" },
	{ "tcp:nas.lan:65535@1", "tcp-65535", FASTNAT_TCP, "nas.lan:65535",
	  65535, 65535, 1, 1, "" },
	{ "tcp:my_box-1.lan.:80", "tcp-80", FASTNAT_TCP, "my_box-1.lan.:80", 80,
	  80, 0, 0, "" },
	{ "tcp:[::1]:22", "tcp-22", FASTNAT_TCP, "[::1]:22", 22, 22, 0, 0, "" },
	{ "v6=udp:[fe80::1%3]:53@53", "v6", FASTNAT_UDP, "[fe80::1%3]:53", 53,
	  53, 53, 53, "" },
	{ "http:127.0.0.1:8000@blog", "http-8000", FASTNAT_HTTP,
	  "127.0.0.1:8000", 8000, 8000, 0, 0, "blog" },
	{ "https:8443@www.example.net", "https-8443", FASTNAT_HTTPS,
	  "127.0.0.1:8443", 8443, 8443, 0, 0, "www.example.net" },
	{ "http:80@8080", "http-80", FASTNAT_HTTP, "127.0.0.1:80", 80, 80, 8080,
	  8080, "" },
	{ "tcp:6000-6010@7000-7010", "tcp-6000", FASTNAT_TCP, "127.0.0.1:6000",
	  6000, 6010, 7000, 7010, "" },
	{ "x=tcp:h:1-65535", "x", FASTNAT_TCP, "h:1", 1, 65535, 0, 0, "" },
	{ "tcp:9-9@8", "tcp-9", FASTNAT_TCP, "127.0.0.1:9", 9, 9, 8, 8, "" },
	{ "tcp:unix:/run/x.sock@6000", "tcp-x.sock", FASTNAT_TCP,
	  "unix:/run/x.sock", 0, 0, 6000, 6000, "" },
	{ "http:unix:/a=b:c d@blog", "http-a-b-c-d", FASTNAT_HTTP,
	  "unix:/a=b:c d", 0, 0, 0, 0, "blog" },
	{ "db=tcp:unix:/run/a@b@77", "db", FASTNAT_TCP, "unix:/run/a@b", 0, 0,
	  77, 77, "" },
	{ NAME58 "=tcp:1-2", NAME58, FASTNAT_TCP, "127.0.0.1:1", 1, 2, 0, 0,
	  "" },
	{ NAME58 "666666=tcp:1", NAME58 "666666", FASTNAT_TCP, "127.0.0.1:1", 1,
	  1, 0, 0, "" },
	{ "https:unix:/" NAME58 "aaaaaaaaaaaa@80", "https-" NAME58,
	  FASTNAT_HTTPS, "unix:/" NAME58 "aaaaaaaaaaaa", 0, 0, 80, 80, "" },
};

static void parse_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(good[i].text));
		struct service s;
		uint8_t room[200];
		struct fmt f = fmt_to(SPAN(room));
		const char *why = service_parse(&s, in);

		if (why != NULL)
			fail_msg("%s: %s", good[i].text, why);
		assert_string_equal(s.name, good[i].name);
		assert_true(fastnat_is_name(bytes_of(s.name)));
		assert_int_equal(s.protocol, good[i].protocol);
		assert_int_equal(s.lo, good[i].lo);
		assert_int_equal(s.hi, good[i].hi);
		assert_int_equal(s.public_lo, good[i].public_lo);
		assert_int_equal(s.public_hi, good[i].public_hi);
		assert_bytes_equal(s.public_host,
				   bytes_of(good[i].public_host));
		assert_true((s.host.n == 0) == (s.lo == 0));
		assert_true((s.path.n == 0) == (s.lo != 0));
		service_print_local(&f, &s);
		assert_bytes_equal(fmt_done(&f), bytes_of(good[i].local));
		guard_free(&g);
	}
}

static void parse_private(void **state)
{
	static const struct {
		const char *text;
		bool private;
	} tab[] = {
		{ "tcp:22@private", true },
		{ "ssh=tcp:nas:22@private", true },
		{ "x=tcp:10-12@private", true },
		{ "tcp:unix:/run/x@private", true },
		{ "private=tcp:22", false },
		{ "tcp:private:22@22", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct service s, one;

		assert_null(service_parse(&s, bytes_of(tab[i].text)));
		assert_int_equal(s.private, tab[i].private);
		service_at(&one, &s, service_count(&s) - 1);
		assert_int_equal(one.private, tab[i].private);
		assert_int_equal(one.public_lo != 0,
				 !tab[i].private && s.public_lo != 0);
	}
}

static const struct {
	const char *text, *why;
} bad[] = {
	{ "", "no TYPE: tcp udp http https" },
	{ "22", "no TYPE: tcp udp http https" },
	{ "ssh=22", "no TYPE: tcp udp http https" },
	{ ":22", "no TYPE: tcp udp http https" },
	{ "TCP:22", "no TYPE: tcp udp http https" },
	{ "tcpx:22", "no TYPE: tcp udp http https" },
	{ "ssh=:22", "no TYPE: tcp udp http https" },
	{ "a=b=tcp:22", "no TYPE: tcp udp http https" },
	{ "=tcp:22", "no NAME before the =" },
	{ "a b=tcp:22", "NAME is not 1 to 64 of A-Z a-z 0-9 . _ -" },
	{ NAME58 "7777777=tcp:22", "NAME is not 1 to 64 of A-Z a-z 0-9 . _ -" },
	{ NAME58 "1=tcp:22-23",
	  "the NAME of a range is longer than 58 characters" },
	{ "tcp:", "no PORT: write [HOST:]PORT or unix:/PATH" },
	{ "tcp:h:", "no PORT: write [HOST:]PORT or unix:/PATH" },
	{ "tcp:@22", "no PORT: write [HOST:]PORT or unix:/PATH" },
	{ "tcp:ssh", "a port is not a number" },
	{ "tcp:2x", "a port is not a number" },
	{ "tcp:+2", "a port is not a number" },
	{ "tcp:0", "a port is not in 1..65535" },
	{ "tcp:70000", "a port is not in 1..65535" },
	{ "tcp:4294967318", "a port is not in 1..65535" },
	{ "tcp:22@0", "a port is not in 1..65535" },
	{ "tcp:22@65536", "a port is not in 1..65535" },
	{ "http:22@65536", "a port is not in 1..65535" },
	{ "tcp:22@", "no PUBLIC after the @" },
	{ "udp:22@private", "only tcp services can be private" },
	{ "http:22@private", "only tcp services can be private" },
	{ "tcp:22@privat", "the public part is not a port or a range of them" },
	{ "udp:22@1.2", "the public part is not a port or a range of them" },
	{ "http:22@a..b", "the public part is no port and no host name" },
	{ "http:22@a/b\x7f", "the public part is no port and no host name" },
	{ "http:22@*.", "the public part is no port and no host name" },
	{ "http:22@a.*.b", "the public part is no port and no host name" },
	{ "http:22@/a", "the public part is no port and no host name" },
	{ "http:22-23@blog", "a range cannot share one host name" },
	{ "tcp:5-4", "a range ends before it starts" },
	{ "tcp:5-", "a port is not in 1..65535" },
	{ "tcp:-5", "a port is not in 1..65535" },
	{ "tcp:1-2-3", "a port is not a number" },
	{ "tcp:5@6-7", "a range cannot lead to one local port" },
	{ "tcp:unix:/s@6-7", "a range cannot lead to one local port" },
	{ "tcp:5-6@7", "a range needs a public range of as many ports" },
	{ "tcp:5-7@7-8", "a range needs a public range of as many ports" },
	{ "tcp:::1:22", "an IPv6 address needs brackets: [::1]:22" },
	{ "tcp:fe80::1:22", "an IPv6 address needs brackets: [::1]:22" },
	{ "tcp:[::1]", "no ] and port after the IPv6 address" },
	{ "tcp:[::1]22", "no ] and port after the IPv6 address" },
	{ "tcp:[:22", "no ] and port after the IPv6 address" },
	{ "tcp:[]:22", "no IPv6 address in [ ]" },
	{ "tcp:[1.2.3.4]:22", "no IPv6 address in [ ]" },
	{ "tcp:[nas]:22", "no IPv6 address in [ ]" },
	{ "tcp:a b:22", "not a host name" },
	{ "tcp:.a:22", "not a host name" },
	{ "tcp:.:22", "not a host name" },
	{ "tcp:unix:", "write the whole path of the socket: unix:/PATH" },
	{ "tcp:unix:s", "write the whole path of the socket: unix:/PATH" },
	{ "tcp:unix:/run/", "no file name at the end of the path" },
	{ "tcp:unix:/\n", "a control character in the path" },
	{ "tcp:unix:/" NAME58 NAME58, "the path is longer than 107 bytes" },
};

static void parse_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(bad[i].text));
		struct service s, was;
		const char *why;

		memset(&s, 0x5a, sizeof s);
		memcpy(&was, &s, sizeof s);
		why = service_parse(&s, in);
		if (why == NULL || strcmp(why, bad[i].why) != 0)
			fail_msg("%s: %s", bad[i].text, why ? why : "taken");
		assert_memory_equal(&s, &was, sizeof s);
		guard_free(&g);
	}
}

/* Every prefix and every text with a byte changed ends well, whatever it is. */
static void parse_mutated(void **state)
{
	uint64_t seed = 11;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const char *text = good[unit_rand(&seed) % COUNT(good)].text;
		uint8_t changed[200], room[300];
		size_t n = unit_rand(&seed) % strlen(text) + 1;
		struct fmt f = fmt_to(SPAN(room));
		struct service s;

		memcpy(changed, text, n);
		changed[unit_rand(&seed) % n] = (uint8_t)unit_rand(&seed);
		if (service_parse(&s, (struct bytes){ changed, n }) != NULL)
			continue;
		assert_true(fastnat_is_name(bytes_of(s.name)));
		assert_true(s.lo <= s.hi && s.public_lo <= s.public_hi);
		assert_true(s.path.n > 0 || (s.host.n > 0 && s.lo > 0));
		assert_true(s.public_lo == 0 ||
			    s.public_hi - s.public_lo == s.hi - s.lo);
		service_print_local(&f, &s);
		assert_false(f.full);
	}
}

static const char *of(struct service *s, const char *name, const char *local,
		      const char *public)
{
	return service_of(s, bytes_of(name), BYTES("tcp"), bytes_of(local),
			  bytes_of(public));
}

static void of_section(void **state)
{
	struct service s;

	(void)state;
	assert_null(of(&s, "ssh", "127.0.0.1:22", "6022"));
	assert_true(s.named && s.public_lo == 6022);
	assert_string_equal(s.name, "ssh");
	assert_null(of(&s, "", "[::1]:22", ""));
	assert_true(!s.named && s.public_lo == 0);
	assert_string_equal(s.name, "tcp-22");
	assert_null(of(&s, "", "unix:/run/a@b", ""));
	assert_bytes_equal(s.path, BYTES("/run/a@b"));
	assert_string_equal(s.name, "tcp-a-b");
	assert_string_equal(of(&s, "", "22@23", ""), "a port is not a number");
	assert_non_null(service_of(&s, BYTES(""), BYTES("Tcp"), BYTES("22"),
				   BYTES("")));
}

static void one_by_one(void **state)
{
	static const struct {
		const char *text;
		unsigned count, i;
		const char *name;
		uint16_t port, public;
	} tab[] = {
		{ "tcp:22@6022", 1, 0, "tcp-22", 22, 6022 },
		{ "ssh=tcp:22", 1, 0, "ssh", 22, 0 },
		{ "a=tcp:unix:/s@5", 1, 0, "a", 0, 5 },
		{ "tcp:6000-6010@7000-7010", 11, 0, "tcp-6000", 6000, 7000 },
		{ "tcp:6000-6010@7000-7010", 11, 10, "tcp-6010", 6010, 7010 },
		{ "g=udp:5-6", 2, 1, "g-6", 6, 0 },
		{ "g=tcp:1-65535@1-65535", 65535, 65534, "g-65535", 65535,
		  65535 },
		{ NAME58 "=tcp:65534-65535", 2, 1, NAME58 "-65535", 65535, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct service s, one;

		assert_null(service_parse(&s, bytes_of(tab[i].text)));
		assert_int_equal(service_count(&s), tab[i].count);
		service_at(&one, &s, tab[i].i);
		assert_string_equal(one.name, tab[i].name);
		assert_true(one.lo == tab[i].port && one.hi == one.lo);
		assert_true(one.public_lo == tab[i].public &&
			    one.public_hi == one.public_lo);
		assert_int_equal(service_count(&one), 1);
		assert_int_equal(one.named, s.named);
		assert_bytes_equal(one.host, s.host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_good), cmocka_unit_test(parse_private),
		cmocka_unit_test(parse_bad),  cmocka_unit_test(parse_mutated),
		cmocka_unit_test(of_section), cmocka_unit_test(one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
