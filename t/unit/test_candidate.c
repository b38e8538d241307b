/* candidate: lines as browsers and libraries print them, and as nobody should. */
#include "unit.h"
#include "wire/ice/candidate.h"

static const char *printed(const struct candidate *c)
{
	static char room[CANDIDATE_TEXT];
	struct fmt f = fmt_to(SPAN(room));

	candidate_print(&f, c);
	return fmt_text(&f);
}

static int parse(struct candidate *c, const char *text)
{
	static struct guard g;

	if (g.mem)
		guard_free(&g);
	return candidate_parse(c, guard_bytes(&g, bytes_of(text)));
}

/* What is read, and what is left of it when it is printed. */
static void good(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
		  "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host" },
		/* Chromium */
		{ "candidate:3098175849 1 udp 2113937151 "
		  "2e9f5b0a-8c9c-4a8b-9d77-3d6f5a1c0b2e.local 51472 typ host "
		  "generation 0 ufrag Qx3k network-cost 999",
		  "candidate:3098175849 1 udp 2113937151 "
		  "2e9f5b0a-8c9c-4a8b-9d77-3d6f5a1c0b2e.local 51472 typ host "
		  "ufrag Qx3k" },
		{ "a=candidate:842163049 1 udp 1677729535 203.0.113.9 51472 "
		  "typ "
		  "srflx raddr 0.0.0.0 rport 0 generation 0 ufrag Qx3k\r\n",
		  "candidate:842163049 1 udp 1677729535 203.0.113.9 51472 typ "
		  "srflx raddr 0.0.0.0 rport 0 ufrag Qx3k" },
		/* Firefox */
		{ "candidate:0 1 UDP 2122252543 192.0.2.7 40000 typ host",
		  "candidate:0 1 udp 2122252543 192.0.2.7 40000 typ host" },
		{ "candidate:2 1 TCP 2105458943 192.0.2.7 9 typ host tcptype "
		  "active",
		  "candidate:2 1 tcp 2105458943 192.0.2.7 9 typ host" },
		/* a zone, a relay */
		{ "candidate:9 1 udp 1 fe80::1%eth0 7 typ host",
		  "candidate:9 1 udp 1 fe80::1 7 typ host" },
		{ "candidate:a+/ 2 udp 4294967295 2001:db8::1 65535 typ relay "
		  "raddr 192.0.2.1 rport 9",
		  "candidate:a+/ 2 udp 4294967295 2001:db8::1 65535 typ relay "
		  "raddr 192.0.2.1 rport 9" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct candidate c, again;

		assert_int_equal(parse(&c, rows[i].in), 0);
		assert_string_equal(printed(&c), rows[i].out);
		assert_int_equal(parse(&again, rows[i].out), 0);
		assert_string_equal(printed(&again), rows[i].out);
	}
}

static void wrong(void **state)
{
	static const char *const rows[] = {
		"candidate:",
		"candidate:1 0 udp 1 192.0.2.1 5 typ host",
		"candidate:1 257 udp 1 192.0.2.1 5 typ host",
		"candidate:1 1 udp 4294967296 192.0.2.1 5 typ host",
		"candidate:1 1 udp 1 192.0.2.1 65536 typ host",
		"candidate:1 1 udp 1 192.0.2.1 5 typ best",
		"candidate:1 1 udp 1 192.0.2.1 5 host",
		"candidate:1 1 udp 1 a:b 5 typ host",
		"candidate:1 1 udp x 192.0.2.1 5 typ host",
		"candidate:123456789012345678901234567890123 1 udp 1 1.2.3.4 5 "
		"typ host",
		"candidate:1 1 udp 1 192.0.2.1 5 typ srflx raddr 1.2.3.4 rport "
		"65536",
		"nonsense",
		"end-of-candidates now",
	};
	struct candidate c;

	(void)state;
	for (size_t i = 1; i < COUNT(rows); i++)
		assert_int_equal(parse(&c, rows[i]), -NAT_EPROTO);
	assert_int_equal(parse(&c, rows[0]), 1); /* of Firefox: no more */
	assert_int_equal(parse(&c, ""), 1);
	assert_int_equal(parse(&c, "a=end-of-candidates\r\n"), 1);
}

/* A line cut anywhere is wrong until its type is whole. */
static void cuts(void **state)
{
	static const char line[] =
		"candidate:1 1 udp 2130706431 192.0.2.1 5000 typ srflx raddr "
		"10.0.0.1 rport 4 ufrag abcd";
	const char *type = strstr(line, " raddr");

	(void)state;
	each_split(at, sizeof line - 1)
	{
		struct candidate c;
		struct guard g;
		struct bytes b = { (const uint8_t *)line, at };
		int rc = candidate_parse(&c, guard_bytes(&g, b));

		if (at > 10 && at < (size_t)(type - line))
			assert_int_equal(rc, at == 11 ? -NAT_EPROTO : rc);
		if (at >= (size_t)(type - line) && c.related.port)
			assert_int_equal(rc, 0);
		assert_true(rc != 0 || c.type == ICE_SRFLX);
		guard_free(&g);
	}
}

static void priorities(void **state)
{
	(void)state;
	assert_int_equal(candidate_priority(ICE_HOST, 65535), 0x7effffff);
	assert_true(candidate_priority(ICE_HOST, 0) >
		    candidate_priority(ICE_PRFLX, 65535));
	assert_true(candidate_priority(ICE_PRFLX, 0) >
		    candidate_priority(ICE_SRFLX, 65535));
	assert_true(candidate_priority(ICE_SRFLX, 0) >
		    candidate_priority(ICE_RELAY, 65535));
	assert_string_equal(candidate_type(ICE_PRFLX), "prflx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(wrong),
		cmocka_unit_test(cuts),
		cmocka_unit_test(priorities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
