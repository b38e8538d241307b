#include "unit.h"
#include "wire/tls/hello.h"
#include "wire/tls/peek.h"
#include "wire/tls/proto.h"

enum { MOST = 2 * PEEK_MOST };

static uint8_t room[PEEK_MOST];

/* The message of a hello with these two, as the engine writes it. */
static struct bytes message(struct span to, struct bytes name,
			    struct bytes alpn)
{
	static const uint8_t random[TLS_RANDOM] = { 1 };
	struct hello h = { .where = HELLO_CLIENT,
			   .random = random,
			   .id = BYTES("an id"),
			   .suites = BYTES("\x13\x01") };
	struct pack p = pack_to(to);
	size_t mark;

	h.ext[HELLO_NAME] = name;
	h.ext[HELLO_ALPN] = alpn;
	h.ext[HELLO_SHARES] = BYTES("\0\x1d\0\1x");
	pack_u8(&p, TLS_CLIENT_HELLO);
	mark = pack_open(&p, 3);
	hello_write(&p, &h);
	pack_close(&p, mark, 3);
	assert_false(p.full);
	return pack_done(&p);
}

/* In records of step bytes of text each. */
static struct bytes records(struct span to, struct bytes text, size_t step)
{
	struct pack p = pack_to(to);

	for (size_t at = 0; at < text.n; at += step) {
		size_t n = min_size(step, text.n - at);

		pack_bytes(&p, BYTES("\x16\3\1"));
		pack_vector(&p, (struct bytes){ text.p + at, n }, 2);
	}
	assert_false(p.full);
	return pack_done(&p);
}

/* However it is cut into records, and wherever it is cut while it arrives. */
static void cut(void **state)
{
	static uint8_t plain[1024], wire[MOST];
	struct bytes m =
		message(SPAN(plain), BYTES("\0\0\5a.b.c"), BYTES("\2h2\3nat"));

	(void)state;
	for (size_t step = 1; step <= m.n; step++) {
		struct bytes all = records(SPAN(wire), m, step);

		each_split(n, all.n)
		{
			struct guard g;
			struct bytes in = guard_bytes(&g, bytes_head(all, n));
			struct peek p;

			assert_int_equal(peek_hello(&p, in, room), n == all.n);
			guard_free(&g);
			if (step > 40 && step < m.n)
				n += 16;
		}
	}
}

static int look(struct peek *p, struct bytes name, struct bytes alpn)
{
	static uint8_t plain[1024], wire[2048];

	return peek_hello(
		p, records(SPAN(wire), message(SPAN(plain), name, alpn), 16384),
		room);
}

static void what_it_says(void **state)
{
	const struct bytes none = { NULL, 0 };
	struct peek p;

	(void)state;
	assert_int_equal(look(&p, BYTES("\0\0\5a.b.c"), none), 1);
	assert_bytes_equal(p.name, BYTES("a.b.c"));
	assert_false(peek_speaks(&p, "nat"));
	assert_int_equal(look(&p, none, BYTES("\2h2\3nat\x08http/1.1")), 1);
	assert_int_equal(p.name.n, 0);
	assert_true(peek_speaks(&p, "nat"));
	assert_true(peek_speaks(&p, "http/1.1"));
	assert_false(peek_speaks(&p, "h3"));
	/* another kind of name, which there is none of yet */
	assert_int_equal(look(&p, BYTES("\1\0\1x\0\0\1a"), none), 1);
	assert_bytes_equal(p.name, BYTES("a"));
	assert_int_equal(look(&p, BYTES("\0\0\1x\0\0\1a"), none), -NAT_EPROTO);
	assert_int_equal(look(&p, BYTES("\0\0\0\0\0\1a"), none), -NAT_EPROTO);
	assert_int_equal(look(&p, BYTES("\0\0\7a"), none), -NAT_EPROTO);
}

/* Nothing that the peek does not need is looked at: GREASE (RFC 8701), two of
 * what nobody knows, ECH, a version from before.
 */
static void lenient(void **state)
{
	static uint8_t plain[256], wire[512];
	struct pack p = pack_to(SPAN(plain));
	size_t all, mark;
	struct peek got;

	(void)state;
	pack_u8(&p, TLS_CLIENT_HELLO);
	all = pack_open(&p, 3);
	pack_u16(&p, 0x0301);
	pack_bytes(&p, BYTES("01234567890123456789012345678901"));
	pack_vector(&p, BYTES(""), 1);
	pack_vector(&p, BYTES("\x2a\x2a\0\x2f"), 2);
	pack_vector(&p, BYTES("\1"), 1);
	mark = pack_open(&p, 2);
	pack_bytes(&p, BYTES("\x1a\x1a\0\0"));
	pack_bytes(&p, BYTES("\0\0\0\6\0\4\0\0\1y"));
	pack_bytes(&p, BYTES("\xfe\x0d\0\3ech"));
	pack_bytes(&p, BYTES("\x1a\x1a\0\1\0"));
	pack_close(&p, mark, 2);
	pack_close(&p, all, 3);
	assert_int_equal(
		peek_hello(&got, records(SPAN(wire), pack_done(&p), 99), room),
		1);
	assert_bytes_equal(got.name, BYTES("y"));
}

static void no_hello(void **state)
{
	static const struct {
		struct bytes in;
		int want;
	} tab[] = {
		{ BYTES(""), 0 },
		{ BYTES("\x16"), 0 },
		{ BYTES("\x16\3\1\0"), 0 },
		{ BYTES("G"), -NAT_EPROTO },
		{ BYTES("\x17\3\1\0\1\1"), -NAT_EPROTO },
		{ BYTES("\x16\2\1\0\1\1"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\0\0"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\x40\1\1"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\x40\0\1"), 0 },
		{ BYTES("\x16\3\1\x40\0\2"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\x40\0\1\0\x40\1"), -NAT_EROOM },
		{ BYTES("\x16\3\1\0\1\1\x15"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\0\4\1\0\0\0"), -NAT_EPROTO },
		{ BYTES("\x16\3\1\0\4\1\0\0\1\x16\3\1\0\1x"), -NAT_EPROTO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, tab[i].in);
		struct peek p;
		int rc = peek_hello(&p, in, room);

		if (rc != tab[i].want)
			fail_msg("%u: %d", (unsigned)i, rc);
		guard_free(&g);
	}
}

/* A record for each byte: there is an end to that. */
static void too_long(void **state)
{
	static uint8_t text[PEEK_MOST] = { TLS_CLIENT_HELLO, 0, 0x20 };
	static uint8_t wire[6 * 8192];
	struct bytes all = records(SPAN(wire), (struct bytes){ text, 4096 }, 1);
	struct peek p;

	(void)state;
	assert_int_equal(peek_hello(&p, bytes_head(all, PEEK_MOST - 1), room),
			 0);
	assert_int_equal(peek_hello(&p, bytes_head(all, PEEK_MOST), room),
			 -NAT_EROOM);
	assert_int_equal(peek_hello(&p, all, room), -NAT_EROOM);
}

static void refusal(void **state)
{
	uint8_t alert[PEEK_ALERT];

	(void)state;
	peek_refuse(alert);
	assert_memory_equal(alert, "\x15\3\3\0\2\2\x70", PEEK_ALERT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut),      cmocka_unit_test(what_it_says),
		cmocka_unit_test(lenient),  cmocka_unit_test(no_hello),
		cmocka_unit_test(too_long), cmocka_unit_test(refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
