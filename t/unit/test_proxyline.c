#include "unit.h"
#include "wire/proxyline.h"

#define MAGIC "0d0a0d0a000d0a515549540a"

/* What is read of each, printed as version 1; NULL: refused. */
static const struct {
	const char *text, *is;
} lines[] = {
	{ "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n",
	  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n" },
	{ "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\nGET",
	  "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n" },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n",
	  "PROXY TCP4 1.2.3.4 5.6.7.8 0 0\r\n" },
	{ "PROXY TCP6 2001:db8::1 ::1 1 2\r\n",
	  "PROXY TCP6 2001:db8::1 ::1 1 2\r\n" },
	{ "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n",
	  "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
	  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n" },
	{ "PROXY TCP6 ::ffff:1.2.3.4 2001:db8::1 1 2\r\n",
	  "PROXY TCP6 ::ffff:1.2.3.4 2001:db8::1 1 2\r\n" },
	{ "PROXY TCP6 ::ffff:1.2.3.4 ::ffff:5.6.7.8 1 2\r\n",
	  "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" },
	{ "PROXY UNKNOWN\r\n", "PROXY UNKNOWN\r\n" },
	{ "PROXY UNKNOWN ffff::1 what ever\r\n", "PROXY UNKNOWN\r\n" },
	{ "PROXY UNKNOWNX\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 1 65536\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4 5.6.7.8 -1 2\r\n", NULL },
	{ "PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n", NULL },
	{ "PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n", NULL },
	{ "PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n", NULL },
	{ "PROXY TCP4 ::1 ::2 1 2\r\n", NULL },
	{ "PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", NULL },
	{ "PROXY TCP6 fe80::1%2 ::1 1 2\r\n", NULL },
	{ "PROXY TCP6 ::1%2 ::1 1 2\r\n", NULL },
	{ "PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n", NULL },
	{ "PROXY \r\n", NULL },
	{ "PROXY\r\n", NULL },
	{ "proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n", NULL },
	{ "GET / HTTP/1.1\r\n", NULL },
	{ "\n", NULL },
};

static void versions_one(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(lines[i].text));
		uint8_t room[PROXYLINE_PRINTED];
		struct fmt f = fmt_to(SPAN(room));
		struct proxyline p;
		long n = proxyline_parse(&p, in);

		if ((n > 0) != (lines[i].is != NULL) || n == 0)
			fail_msg("%s: %ld", lines[i].text, n);
		if (n > 0) {
			assert_int_equal(in.p[n - 1], '\n');
			proxyline_print(&f, &p);
			assert_bytes_equal(fmt_done(&f), bytes_of(lines[i].is));
		}
		guard_free(&g);
	}
}

static const struct {
	const char *hex; /* behind the magic */
	const char *is;
} blocks[] = {
	{ "21 11 000c c0000201 c6336407 dc04 01bb",
	  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n" },
	/* TLVs: NOOP, unknown ones of no byte and of three */
	{ "21 11 0018 c0000201 c6336407 dc04 01bb 04 0000 ea 0000 f0 0003 "
	  "010203",
	  "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n" },
	{ "21 21 0024 20010db8000000000000000000000001 "
	  "00000000000000000000000000000001 0001 0002",
	  "PROXY TCP6 2001:db8::1 ::1 1 2\r\n" },
	{ "20 00 0000", "PROXY UNKNOWN\r\n" },
	{ "20 11 000c c0000201 c6336407 dc04 01bb", "PROXY UNKNOWN\r\n" },
	{ "20 ff 0001 00", "PROXY UNKNOWN\r\n" },
	{ "21 00 0003 000000", "PROXY UNKNOWN\r\n" },
	{ "21 10 0000", "PROXY UNKNOWN\r\n" },
	{ "11 11 000c c0000201 c6336407 dc04 01bb", NULL },
	{ "22 11 000c c0000201 c6336407 dc04 01bb", NULL },
	{ "21 13 000c c0000201 c6336407 dc04 01bb", NULL },
	{ "21 41 000c c0000201 c6336407 dc04 01bb", NULL },
	{ "21 11 000b c0000201 c6336407 dc04 01", NULL },
	{ "21 21 000c c0000201 c6336407 dc04 01bb", NULL },
	{ "21 11 000d c0000201 c6336407 dc04 01bb 04", NULL },
	{ "21 11 000f c0000201 c6336407 dc04 01bb 04 0001", NULL },
	{ "21 11 0013 c0000201 c6336407 dc04 01bb 03 0004 00000000", NULL },
	{ "21 11 0012 c0000201 c6336407 dc04 01bb 03 0003 000000", NULL },
	{ "21 11 ffff", NULL },
	{ "21 11 0ff1", NULL },
};

/* All that there is, and one byte less: that is not all. */
static void versions_two(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(blocks); i++) {
		uint8_t room[256], text[256];
		char hex[512] = MAGIC;
		struct fmt f = fmt_to(SPAN(text));
		struct bytes all;
		struct proxyline p;
		struct guard g;
		long n;

		strcat(hex, blocks[i].hex);
		all = guard_bytes(&g, unit_hex(SPAN(room), hex));
		n = proxyline_parse(&p, all);
		if ((n == (long)all.n) != (blocks[i].is != NULL) || n == 0)
			fail_msg("%s: %ld", blocks[i].hex, n);
		if (n > 0) {
			assert_int_equal(
				proxyline_parse(&p, bytes_head(all, all.n - 1)),
				0);
			assert_int_equal(p.version, 2);
			p.version = 1;
			proxyline_print(&f, &p);
			assert_bytes_equal(fmt_done(&f),
					   bytes_of(blocks[i].is));
		}
		guard_free(&g);
	}
}

/* The sum is what Python makes of it, and counts. */
static void sums(void **state)
{
	uint8_t room[64];
	struct bytes all = unit_hex(SPAN(room), MAGIC
				    "21 11 0017 c0000201 c6336407 dc04 01bb "
				    "03 0004 93b4ae8c 04 0001 ff");
	struct proxyline p;

	(void)state;
	assert_int_equal(proxyline_parse(&p, all), all.n);
	for (size_t i = 16; i < all.n; i++) {
		if (i == 28) /* its type: then it is none */
			continue;
		room[i] ^= 1;
		assert_true(proxyline_parse(&p, all) != (long)all.n);
		room[i] ^= 1;
	}
}

/* Every beginning of a good one wants more, byte for byte. */
static void pieces(void **state)
{
	static const struct proxyline p = {
		.kind = PROXYLINE_STREAM,
		.from = { .family = ADDR_IP4, .port = 1, .ip = { 1, 2, 3, 4 } },
		.to = { .family = ADDR_IP6, .port = 2, .ip = { 0x20, 1 } },
	};

	(void)state;
	for (uint8_t version = 1; version <= 2; version++) {
		uint8_t room[PROXYLINE_PRINTED];
		struct fmt f = fmt_to(SPAN(room));
		struct proxyline q = p;

		q.version = version;
		proxyline_print(&f, &q);
		assert_false(f.full);
		for (size_t n = 0; n < f.n; n++)
			assert_int_equal(
				proxyline_parse(&q,
						bytes_head(fmt_done(&f), n)),
				0);
		assert_int_equal(proxyline_parse(&q, fmt_done(&f)), f.n);
		assert_int_equal(q.version, version);
		assert_int_equal(q.from.family, ADDR_IP6);
		assert_true(addr_is_ip4(&q.from) && q.to.port == 2);
	}
}

/* Of datagrams there is no version 1; nothing says more than 107 bytes. */
static void datagrams(void **state)
{
	struct proxyline p = { .version = 2, .kind = PROXYLINE_DGRAM };
	uint8_t room[PROXYLINE_DATAGRAM];
	struct fmt f = fmt_to(SPAN(room));
	uint8_t flood[PROXYLINE_PRINTED];
	struct proxyline q;

	(void)state;
	p.from = p.to = (struct addr){ .family = ADDR_IP6, .port = 9 };
	proxyline_print(&f, &p);
	assert_int_equal(f.n, PROXYLINE_DATAGRAM);
	assert_int_equal(proxyline_parse(&q, fmt_done(&f)), f.n);
	assert_int_equal(q.kind, PROXYLINE_DGRAM);
	memset(flood, 'x', sizeof flood);
	memcpy(flood, "PROXY UNKNOWN ", 14);
	assert_int_equal(
		proxyline_parse(
			&q,
			bytes_head((struct bytes){ flood, sizeof flood }, 106)),
		0);
	assert_int_equal(
		proxyline_parse(&q, (struct bytes){ flood, sizeof flood }),
		-NAT_EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_one), cmocka_unit_test(versions_two),
		cmocka_unit_test(sums),         cmocka_unit_test(pieces),
		cmocka_unit_test(datagrams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
