#include "unit.h"
#include "wire/tls/hello.h"
#include "wire/tls/proto.h"

static const uint8_t some[TLS_RANDOM] = { 1, 2, 3 };

/* A hello with every extension that there is for it. */
static struct hello whole(uint8_t where)
{
	struct hello h = { .where = where,
			   .version = TLS_VERSION_12,
			   .random = some,
			   .id = BYTES("an id"),
			   .suites = BYTES("\x13\x01") };

	h.ext[HELLO_NAME] = BYTES("\0\0\1a");
	h.ext[HELLO_GROUPS] = BYTES("\0\x17\0\x1d");
	h.ext[HELLO_POINTS] = BYTES("\0");
	h.ext[HELLO_SCHEMES] = h.ext[HELLO_SCHEMES_CERT] = BYTES("\x04\x03");
	h.ext[HELLO_ALPN] = BYTES("\2h2");
	h.ext[HELLO_MASTER] = h.ext[HELLO_RENEGOTIATION] = BYTES("");
	h.ext[HELLO_RECORD] = BYTES("\x10\0");
	h.ext[HELLO_VERSIONS] = BYTES("\3\4");
	h.ext[HELLO_COOKIE] = BYTES("cookie");
	h.ext[HELLO_PSK_MODES] = BYTES("\1");
	h.ext[HELLO_SHARES] = BYTES("\0\x1d\0\1x");
	h.ext[HELLO_SRTP] = BYTES("\0\2\0\1\0");
	h.ext[HELLO_PSK] = BYTES("\0\1\0\0");
	if (where != HELLO_CLIENT) {
		h.ext[HELLO_NAME] = BYTES("");
		h.ext[HELLO_PSK] = BYTES("\0\0");
	}
	if (where == HELLO_RETRY) {
		h.random = hello_retry_random;
		h.ext[HELLO_SHARES] = BYTES("\0\x17");
	}
	return h;
}

static uint8_t take(struct hello *h, uint8_t where, struct bytes b)
{
	struct cur c = cur_of(b);

	if (where == HELLO_CLIENT)
		return hello_read_client(h, b);
	if (where == HELLO_ENCRYPTED || where == HELLO_REQUEST)
		return hello_read_extensions(h, &c, where, UINT32_MAX);
	return hello_read_server(h, b, UINT32_MAX);
}

static struct bytes print(struct span room, const struct hello *h)
{
	struct pack p = pack_to(room);

	if (h->where == HELLO_ENCRYPTED || h->where == HELLO_REQUEST)
		hello_write_extensions(&p, h);
	else
		hello_write(&p, h);
	assert_false(p.full);
	return pack_done(&p);
}

/* What is written is read, and no shorter message is taken for it. */
static void there_and_back(void **state)
{
	static const struct {
		uint8_t where;
		uint32_t set;
	} rows[] = {
		{ HELLO_CLIENT,
		  0x1ffff & ~(1u << HELLO_EARLY) & ~(1u << HELLO_AUTHORITIES) },
		{ HELLO_SERVER13,
		  1u << HELLO_VERSIONS | 1u << HELLO_SHARES | 1u << HELLO_PSK },
		{ HELLO_RETRY, 1u << HELLO_VERSIONS | 1u << HELLO_SHARES |
				       1u << HELLO_COOKIE },
		{ HELLO_SERVER12,
		  1u << HELLO_NAME | 1u << HELLO_POINTS | 1u << HELLO_ALPN |
			  1u << HELLO_MASTER | 1u << HELLO_RENEGOTIATION |
			  1u << HELLO_RECORD | 1u << HELLO_SRTP },
		{ HELLO_ENCRYPTED, 1u << HELLO_NAME | 1u << HELLO_GROUPS |
					   1u << HELLO_ALPN |
					   1u << HELLO_RECORD },
		{ HELLO_REQUEST,
		  1u << HELLO_SCHEMES | 1u << HELLO_SCHEMES_CERT },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[512];
		struct hello h = whole(rows[i].where), back = { .where = 0 };
		struct bytes b = print(SPAN(room), &h);

		assert_int_equal(take(&back, rows[i].where, b), 0);
		assert_int_equal(back.where, rows[i].where);
		assert_int_equal(hello_set(&back), rows[i].set);
		for (int e = 0; e < HELLO_EXTENSIONS; e++)
			if (back.ext[e].p)
				assert_bytes_equal(back.ext[e], h.ext[e]);
		if (back.random) {
			assert_memory_equal(back.random, h.random, TLS_RANDOM);
			assert_bytes_equal(back.id, h.id);
			assert_bytes_equal(back.suites, h.suites);
		}
		for (size_t n = 0; n < b.n; n++) {
			struct guard g;
			struct bytes cut = guard_bytes(&g, bytes_head(b, n));
			uint8_t alert = take(&back, rows[i].where, cut);

			if (!alert)
				assert_int_equal(hello_set(&back), 0);
			guard_free(&g);
		}
	}
}

/* Extensions by hand, each row in hex, with the alert that they are worth. */
static void extensions(void **state)
{
	static const struct {
		uint8_t where;
		uint32_t offered;
		const char *hex;
		uint8_t alert;
	} rows[] = {
		{ HELLO_CLIENT, 0, "0000", 0 },
		{ HELLO_CLIENT, 0, "0001 00", TLS_DECODE_ERROR },
		{ HELLO_CLIENT, 0, "0004 0a0a 0000", 0 }, /* GREASE */
		{ HELLO_CLIENT, 0, "0004 0a0a 0001", TLS_DECODE_ERROR },
		{ HELLO_CLIENT, 0, "0008 0a0a 0000 0a0a 0000",
		  TLS_ILLEGAL_PARAMETER },
		{ HELLO_CLIENT, 0, "0008 0017 0000 0017 0000",
		  TLS_ILLEGAL_PARAMETER },
		{ HELLO_CLIENT, 0, "0005 0017 0001 00", TLS_DECODE_ERROR },
		{ HELLO_CLIENT, 0, "0007 002b 0003 02 0304", 0 },
		{ HELLO_CLIENT, 0, "0006 002b 0002 01 03", TLS_DECODE_ERROR },
		{ HELLO_CLIENT, 0, "0006 001c 0002 4000", 0 },
		{ HELLO_CLIENT, 0, "0008 001c 0004 4000 4000",
		  TLS_DECODE_ERROR },
		{ HELLO_CLIENT, 0, "000c 0029 0004 00000000 0017 0000",
		  TLS_ILLEGAL_PARAMETER },
		{ HELLO_CLIENT, 0, "000c 0017 0000 0029 0004 00000000", 0 },
		{ HELLO_ENCRYPTED, 1u << HELLO_RECORD, "0006 001c 0002 4000",
		  0 },
		{ HELLO_ENCRYPTED, 1u << HELLO_ALPN, "0006 001c 0002 4000",
		  TLS_UNSUPPORTED_EXTENSION },
		{ HELLO_ENCRYPTED, 1u << HELLO_ALPN, "0004 0a0a 0000",
		  TLS_UNSUPPORTED_EXTENSION },
		{ HELLO_ENCRYPTED, 1u << HELLO_MASTER, "0004 0017 0000",
		  TLS_ILLEGAL_PARAMETER },
		{ HELLO_REQUEST, 0, "0004 1234 0000", 0 },
		{ HELLO_RETRY, 1u << HELLO_VERSIONS, "0007 002c 0003 0001 63",
		  0 }, /* nobody offers a cookie */
		{ HELLO_SERVER13, 1u << HELLO_VERSIONS,
		  "0007 002c 0003 0001 63", TLS_ILLEGAL_PARAMETER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[64];
		struct guard g;
		struct bytes b =
			guard_bytes(&g, unit_hex(SPAN(room), rows[i].hex));
		struct cur c = cur_of(b);
		struct hello h = { .where = 0 };

		if (hello_read_extensions(&h, &c, rows[i].where,
					  rows[i].offered) != rows[i].alert)
			fail_msg("row %zu", i);
		guard_free(&g);
	}
}

/* More extensions than anybody has. */
static void too_many(void **state)
{
	uint8_t room[512];
	struct hello h = { .where = 0 };

	(void)state;
	for (unsigned n = 60; n < 70; n++) {
		struct pack p = pack_to(SPAN(room));
		size_t mark = pack_open(&p, 2);
		struct cur c;

		for (unsigned i = 0; i < n; i++) {
			pack_u16(&p, (uint16_t)(0x5000 + i));
			pack_u16(&p, 0);
		}
		pack_close(&p, mark, 2);
		c = cur_of(pack_done(&p));
		assert_int_equal(hello_read_extensions(&h, &c, HELLO_CLIENT, 0),
				 n > 64 ? TLS_DECODE_ERROR : 0);
	}
}

/* The fixed part of a ClientHello. */
static void fronts(void **state)
{
	static const struct {
		const char *rest; /* behind version and random */
		uint8_t alert;
	} rows[] = {
		{ "00 0002 1301 01 00", 0 },
		{ "20 "
		  "0000000000000000000000000000000000000000000000000000000000"
		  "000000 0002 1301 01 00",
		  0 },
		{ "21 "
		  "0000000000000000000000000000000000000000000000000000000000"
		  "00000000 0002 1301 01 00",
		  TLS_DECODE_ERROR },
		{ "00 0000 01 00", TLS_DECODE_ERROR },
		{ "00 0003 130113 01 00", TLS_DECODE_ERROR },
		{ "00 0002 1301 00", TLS_DECODE_ERROR },
		{ "00 0002 1301 01 01", TLS_ILLEGAL_PARAMETER },
		{ "00 0002 1301 02 0100", 0 },
		{ "00 0002 1301 01 00 00", TLS_DECODE_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[128] = { 3, 3 };
		struct span rest = { room + 34, sizeof room - 34 };
		struct bytes b = unit_hex(rest, rows[i].rest);
		struct hello h;

		if (hello_read_client(&h, (struct bytes){ room, 34 + b.n }) !=
		    rows[i].alert)
			fail_msg("row %zu", i);
	}
}

static void insides(void **state)
{
	struct hello h = { .where = HELLO_CLIENT };
	struct bytes b, shares = BYTES("\0\x1d\0\1x\0\x17\0\2yz");

	(void)state;
	assert_true(hello_lists(BYTES("\0\x17\x13\1"), 0x1301));
	assert_false(hello_lists(BYTES("\0\x17\x13\1"), 0x1713));
	assert_int_equal(hello_number(BYTES("\x13\1")), 0x1301);
	assert_true(hello_share(shares, 0x17, &b));
	assert_bytes_equal(b, BYTES("yz"));
	assert_true(hello_share(shares, 0x18, &b));
	assert_null(b.p);
	for (size_t n = 1; n < shares.n; n++)
		if (n != 5)
			assert_false(
				hello_share(bytes_head(shares, n), 0x17, &b));
	assert_true(hello_name(&h, &b));
	assert_int_equal(b.n, 0);
	h.ext[HELLO_NAME] = BYTES("\1\0\1q\0\0\1a");
	assert_true(hello_name(&h, &b));
	assert_bytes_equal(b, BYTES("a"));
	h.ext[HELLO_NAME] = BYTES("\0\0\1a\0\0\1b");
	assert_false(hello_name(&h, &b));
	h.ext[HELLO_NAME] = BYTES("\0\0\2a");
	assert_false(hello_name(&h, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(extensions),
		cmocka_unit_test(too_many),       cmocka_unit_test(fronts),
		cmocka_unit_test(insides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
