/* Every rule of RFC 6455 that a peer can break; names and order are those of the
 * categories of the Autobahn test suite.
 */
#include "unit.h"
#include "base/fmt.h"
#include "wire/ws.h"

enum { MOST = 1000 }; /* bytes of a message */

/* What is heard, as text: t or b and what is in a message, a dot at its end;
 * ping(), pong(), close(); ! and the code of what broke a rule.
 */
struct telling {
	char text[1024];
	struct fmt f;
	bool within; /* a message */
};

static void tell(struct telling *to, const struct ws_part *part)
{
	static const char *const names[] = {
		[WS_CLOSE] = "close", [WS_PING] = "ping", [WS_PONG] = "pong"
	};

	if (part->op == WS_MORE)
		return;
	if (part->op >= WS_CLOSE) {
		fmt_put(&to->f, "%s(", names[part->op]);
		if (part->op == WS_CLOSE)
			fmt_put(&to->f, "%u ", (unsigned)part->code);
		fmt_hex(&to->f, bytes_in(part->data));
		fmt_put(&to->f, ")");
		return;
	}
	if (!to->within)
		fmt_put(&to->f, part->op == WS_TEXT ? "t" : "b");
	to->within = !part->ends;
	fmt_hex(&to->f, bytes_in(part->data));
	fmt_put(&to->f, part->ends ? "." : "");
}

/* All that is to be had of what is here. What is left; -1: a rule was broken. */
static long hear(struct ws_in *w, struct span in, struct telling *to)
{
	struct ws_part part;
	long n = 1;

	while (n > 0 && in.n > 0) {
		n = ws_hear(w, in, &part);
		if (n < 0) {
			fmt_put(&to->f, "!%u", (unsigned)w->code);
			return -1;
		}
		if (n > 0)
			tell(to, &part);
		in = (struct span){ in.p + n, in.n - (size_t)n };
	}
	return (long)in.n;
}

/* Fed up to each of the cuts in turn, what is not taken again with what follows;
 * every piece at the edge of a page. How many bytes were there when it broke.
 */
static size_t feed(enum ws_role role, struct bytes all, const size_t *cuts,
		   struct telling *to)
{
	struct ws_in w = { .role = role, .texts = true, .most = MOST };
	size_t done = 0;
	long left = 0;

	*to = (struct telling){ .within = false };
	to->f = fmt_to(SPAN(to->text));
	do {
		struct guard g;
		struct span in = guard_span(&g, *cuts - done);

		if (in.n)
			memcpy(in.p, all.p + done, in.n);
		left = hear(&w, in, to);
		done = *cuts - (size_t)(left > 0 ? left : 0);
		guard_free(&g);
	} while (left >= 0 && *cuts++ < all.n);
	fmt_text(&to->f);
	return left < 0 ? *cuts : 0;
}

#define M "00000000 " /* a mask that leaves all as it is */
#define TEN "30313233343536373839"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define TEXT_123 HUNDRED TEN TEN "303132"

static const struct row {
	const char *name, *hex, *told;
	size_t early; /* broken when so many bytes are here */
} rows[] = {
	/* clang-format off */
	/* ---- RFC 6455 5.7 ---- */
	{ "hello", "81 85 37fa213d 7f9f4d5158", "t48656c6c6f.", 0 },
	{ "masked ping", "89 85 37fa213d 7f9f4d5158", "ping(48656c6c6f)", 0 },
	/* ---- 1: framing ---- */
	{ "1.1.1", "81 80" M, "t.", 0 },
	{ "1.2.1", "82 80" M, "b.", 0 },
	{ "two", "82 81" M "01 82 81" M "02", "b01.b02.", 0 },
	{ "every byte of the mask", "82 89 01020304 000000000000000000",
	  "b010203040102030401.", 0 },
	/* ---- 2: pings and pongs ---- */
	{ "2.1", "89 80" M, "ping()", 0 },
	{ "2.3", "89 88" M "00fffefdfcfb00ff", "ping(00fffefdfcfb00ff)", 0 },
	{ "2.4", "89 fd" M HUNDRED TEN TEN "3031323334",
	  "ping(" HUNDRED TEN TEN "3031323334)", 0 },
	{ "2.5", "89 fe 007e" M HUNDRED TEN TEN "303132333435", "!1002", 2 },
	{ "2.7", "8a 80" M, "pong()", 0 },
	{ "2.8", "8a 81" M "41", "pong(41)", 0 },
	{ "pong too long", "8a ff 000000000000007e", "!1002", 2 },
	{ "2.10", "89 80" M "89 81" M "31 89 81" M "32", "ping()ping(31)ping(32)", 0 },
	/* ---- 3: reserved bits ---- */
	{ "3.1", "91 80" M, "!1002", 1 }, { "3.2", "a1 80" M, "!1002", 1 },
	{ "3.3", "b1 80" M, "!1002", 1 }, { "3.4", "c1 80" M, "!1002", 1 },
	{ "3.5", "d2 80" M, "!1002", 1 }, { "3.6", "e9 80" M, "!1002", 1 },
	{ "3.7", "f8 80" M, "!1002", 1 }, { "in a second frame", "01 80" M "c0 80" M, "!1002", 7 },
	{ "after a message", "81 81" M "41 91", "t41.!1002", 8 },
	/* ---- 4: opcodes that mean nothing ---- */
	{ "4.1.1", "83 80" M, "!1002", 1 }, { "4.1.2", "84 80" M, "!1002", 1 },
	{ "4.1.3", "85 80" M, "!1002", 1 }, { "4.1.4", "86 80" M, "!1002", 1 },
	{ "4.1.5", "87 80" M, "!1002", 1 }, { "no FIN", "03 80" M, "!1002", 1 },
	{ "4.2.1", "8b 80" M, "!1002", 1 }, { "4.2.2", "8c 80" M, "!1002", 1 },
	{ "4.2.3", "8d 80" M, "!1002", 1 }, { "4.2.4", "8e 80" M, "!1002", 1 },
	{ "4.2.5", "8f 80" M, "!1002", 1 },
	/* ---- 5: fragments ---- */
	{ "5.1", "09 80" M, "!1002", 1 }, { "5.2", "0a 80" M, "!1002", 1 },
	{ "Close in fragments", "08 80" M, "!1002", 1 },
	{ "5.3", "01 81" M "41 80 81" M "42", "t4142.", 0 },
	{ "binary", "02 81" M "41 00 81" M "42 80 81" M "43", "b414243.", 0 },
	{ "5.6", "01 81" M "41 89 81" M "50 80 81" M "42", "t41ping(50)42.", 0 },
	{ "5.9", "80 81" M "41", "!1002", 1 }, { "5.10", "00 81" M "41", "!1002", 1 },
	{ "5.12", "81 80" M "80 80" M, "t.!1002", 7 },
	{ "5.15", "01 81" M "41 80 81" M "42 00 80" M, "t4142.!1002", 15 },
	{ "5.18", "01 81" M "41 81 81" M "42", "t41!1002", 8 },
	{ "binary within text", "01 81" M "41 02 81" M "42", "t41!1002", 8 },
	{ "5.19", "01 80" M "00 80" M "89 80" M "00 81" M "41 80 80" M, "ping()t41.", 0 },
	{ "empty fragments", "02 80" M "00 80" M "80 80" M, "b.", 0 },
	{ "never whole", "01 81" M "41 00 81" M "42", "t4142", 0 },
	/* ---- 6: UTF-8; more of it in test_utf8 ---- */
	{ "6.1.2", "01 80" M "00 80" M "80 80" M, "t.", 0 },
	{ "6.2.4 a character over fragments", "01 81" M "ce 80 81" M "ba", "tceba.", 0 },
	{ "over three", "01 81" M "f0 00 82" M "9f98 80 81" M "80", "tf09f9880.", 0 },
	{ "a ping in a character", "01 81" M "ce 89 80" M "80 81" M "ba", "tceping()ba.", 0 },
	{ "6.3.1 not UTF-8", "81 82" M "c080", "!1007", 7 },
	{ "6.4.1 early", "81 85" M "41eda080", "!1007", 9 },
	{ "in the second fragment", "01 81" M "ce 80 81" M "41", "tce!1007", 14 },
	{ "cut short", "81 81" M "ce", "!1007", 7 },
	{ "cut short by an empty one", "01 81" M "ce 80 80" M, "tce!1007", 13 },
	{ "masked", "81 81 ff000000 01", "!1007", 7 },
	{ "a new message begins anew", "01 81" M "ce 80 81" M "ba 81 81" M "41", "tceba.t41.", 0 },
	{ "binary may be anything", "82 82" M "c080", "bc080.", 0 },
	/* ---- 7: Close ---- */
	{ "7.1.1", "81 81" M "41 88 82" M "03e8", "t41.close(1000 )", 0 },
	{ "7.1.3 a ping after it", "88 82" M "03e8 89 80" M, "close(1000 )", 0 },
	{ "7.1.4 text after it", "88 82" M "03e8 81 81" M "41", "close(1000 )", 0 },
	{ "garbage after it", "88 82" M "03e8 ffff", "close(1000 )", 0 },
	{ "7.1.5 within a message", "01 81" M "41 88 82" M "03e8 80 81" M "42", "t41close(1000 )", 0 },
	{ "7.3.1", "88 80" M, "close(1005 )", 0 },
	{ "7.3.2", "88 81" M "03", "!1002", 7 },
	{ "7.3.4", "88 84" M "03e8 4142", "close(1000 4142)", 0 },
	{ "7.3.5", "88 fd" M "03e8" TEXT_123, "close(1000 " TEXT_123 ")", 0 },
	{ "7.3.6", "88 fe 007e" M "03e8" TEXT_123 "30", "!1002", 2 },
	{ "7.5.1", "88 84" M "03e8 ceba", "close(1000 ceba)", 0 },
	{ "no UTF-8", "88 84" M "03e8 eda0", "!1007", 10 },
	{ "half a character", "88 83" M "03e8 ce", "!1007", 9 },
	{ "7.7.1", "88 82" M "03e9", "close(1001 )", 0 }, { "1002", "88 82" M "03ea", "close(1002 )", 0 },
	{ "1003", "88 82" M "03eb", "close(1003 )", 0 }, { "1007", "88 82" M "03ef", "close(1007 )", 0 },
	{ "1008", "88 82" M "03f0", "close(1008 )", 0 }, { "1009", "88 82" M "03f1", "close(1009 )", 0 },
	{ "1010", "88 82" M "03f2", "close(1010 )", 0 }, { "1011", "88 82" M "03f3", "close(1011 )", 0 },
	{ "1014", "88 82" M "03f6", "close(1014 )", 0 }, { "3000", "88 82" M "0bb8", "close(3000 )", 0 },
	{ "4999", "88 82" M "1387", "close(4999 )", 0 },
	{ "7.9.1", "88 82" M "0000", "!1002", 8 }, { "999", "88 82" M "03e7", "!1002", 8 },
	{ "1004", "88 82" M "03ec", "!1002", 8 }, { "1005", "88 82" M "03ed", "!1002", 8 },
	{ "1006", "88 82" M "03ee", "!1002", 8 }, { "1015", "88 82" M "03f7", "!1002", 8 },
	{ "1016", "88 82" M "03f8", "!1002", 8 }, { "1100", "88 82" M "044c", "!1002", 8 },
	{ "2000", "88 82" M "07d0", "!1002", 8 }, { "2999", "88 82" M "0bb7", "!1002", 8 },
	{ "5000", "88 82" M "1388", "!1002", 8 }, { "65535", "88 82" M "ffff", "!1002", 8 },
	/* ---- 9, 10: lengths and limits ---- */
	{ "126 in two bytes", "82 fe 007d", "!1002", 4 },
	{ "0 in two bytes", "82 fe 0000", "!1002", 4 },
	{ "65535 in eight", "82 ff 000000000000ffff", "!1002", 10 },
	{ "1 in eight", "82 ff 0000000000000001", "!1002", 10 },
	{ "2^63", "82 ff 8000000000000000", "!1002", 10 },
	{ "too long", "82 fe 03e9" M, "!1009", 8 },
	{ "2^63 - 1", "82 ff 7fffffffffffffff" M, "!1009", 14 },
	{ "in all", "02 fe 03e7" M "", "", 0 },
	{ "too long by fragments", "02 81" M "41 80 fe 03e8" M, "b41!1009", 15 },
	{ "a full sum", "02 81" M "41 00 ff 7fffffffffffffff" M, "b41!1009", 21 },
	/* ---- masks ---- */
	{ "not masked", "82 01 41", "!1002", 2 }, { "a ping", "89 00", "!1002", 2 },
	{ "a Close", "88 00", "!1002", 2 }, { "a fragment", "02 81" M "41 80 01 42", "b41!1002", 9 },
	{ "long", "82 7e 0100", "!1002", 2 },
	/* clang-format on */
};

static const struct row from_servers[] = {
	/* clang-format off */
	{ "hello", "81 05 48656c6c6f", "t48656c6c6f.", 0 },
	{ "in fragments", "01 03 48656c 80 02 6c6f", "t48656c6c6f.", 0 },
	{ "masked", "81 85 37fa213d 7f9f4d5158", "!1002", 2 },
	{ "masked ping", "89 80 00000000", "!1002", 2 },
	{ "masked Close", "88 80 00000000", "!1002", 2 },
	{ "Close", "88 02 03e8", "close(1000 )", 0 },
	{ "126", "82 7e 007d", "!1002", 4 },
	{ "ping", "89 02 4142", "ping(4142)", 0 },
	/* clang-format on */
};

/* What is told before a rule is broken hangs on how it arrives. */
static bool is_told(const struct row *r, const struct telling *to)
{
	const char *want = strchr(r->told, '!'), *got = strchr(to->text, '!');

	return want && got ? strcmp(want, got) == 0
			   : strcmp(r->told, to->text) == 0;
}

static void check(const struct row *r, enum ws_role role)
{
	uint8_t room[512];
	struct bytes all = unit_hex(SPAN(room), r->hex);
	size_t bytewise[sizeof room + 1], broke;
	struct telling to;

	for (size_t i = 0; i <= all.n; i++)
		bytewise[i] = i;
	broke = feed(role, all, bytewise, &to);
	if (!is_told(r, &to) || broke != r->early)
		fail_msg("%s: byte by byte: %s at %u", r->name, to.text,
			 (unsigned)broke);
	each_split(at, all.n)
	{
		const size_t cuts[] = { at, all.n };

		feed(role, all, cuts, &to);
		if (!is_told(r, &to))
			fail_msg("%s: cut at %u: %s", r->name, (unsigned)at,
				 to.text);
	}
}

static void server(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check(&rows[i], WS_SERVER);
}

static void client(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(from_servers); i++)
		check(&from_servers[i], WS_CLIENT);
}

/* Once broken it stays so; after Close all is swallowed. */
static void no_way_back(void **state)
{
	uint8_t bad[] = { 0x83, 0x80, 0, 0, 0, 0 },
		end[] = { 0x88, 0x80, 0, 0, 0, 0, 0xff, 0xff };
	struct ws_in w = { .role = WS_SERVER, .most = MOST };
	struct ws_part part;

	(void)state;
	assert_int_equal(ws_hear(&w, (struct span){ end, 0 }, &part), 0);
	assert_int_equal(ws_hear(&w, SPAN(bad), &part), -NAT_EPROTO);
	assert_int_equal(ws_hear(&w, SPAN(end), &part), -NAT_EPROTO);
	assert_int_equal(w.code, WS_BROKEN);
	w = (struct ws_in){ .role = WS_SERVER, .most = MOST };
	assert_int_equal(ws_hear(&w, SPAN(end), &part), 6);
	assert_int_equal(ws_hear(&w, SPAN(bad), &part), sizeof bad);
	assert_int_equal(part.op, WS_MORE);
}

/* Where text is not wanted it is refused by its first byte. */
static void no_text(void **state)
{
	uint8_t text[] = { 0x81 };
	struct ws_in w = { .role = WS_SERVER, .most = MOST };
	struct ws_part part;

	(void)state;
	assert_int_equal(ws_hear(&w, SPAN(text), &part), -NAT_EPROTO);
	assert_int_equal(w.code, WS_UNWANTED);
}

/* What is said is heard by the other role, of every length that is told in another
 * way (1.1, 1.2, 9.1, 9.2), and its head is as short as can be.
 */
static void lengths(void **state)
{
	static const struct {
		size_t n, head;
	} sizes[] = { { 0, 2 },       { 1, 2 },      { 7, 2 },
		      { 8, 2 },       { 9, 2 },      { 125, 2 },
		      { 126, 4 },     { 127, 4 },    { 128, 4 },
		      { 65535, 4 },   { 65536, 10 }, { 65537, 10 },
		      { 1000000, 10 } };
	static uint8_t room[WS_HEAD + 1000000];

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(sizes); i++) {
		enum ws_role role = i % 2 ? WS_CLIENT : WS_SERVER;
		size_t n = sizes[i / 2].n, head = ws_head_size(role, n);
		struct ws_frame f = {
			role, WS_BINARY, n, { 1, 0x80, 3, 0xff }
		};
		struct ws_in w = { .role = role == WS_CLIENT ? WS_SERVER
							     : WS_CLIENT,
				   .most = n };
		struct ws_part part;

		assert_int_equal(head, sizes[i / 2].head + (i % 2 ? 4 : 0));
		for (size_t k = 0; k < n; k++)
			room[head + k] = (uint8_t)(k * 7 + i);
		ws_seal(room, &f);
		assert_int_equal(
			ws_hear(&w, (struct span){ room, head + n }, &part),
			head + n);
		assert_true(part.ends && part.op == WS_BINARY);
		assert_int_equal(part.data.n, n);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(part.data.p[k], (uint8_t)(k * 7 + i));
	}
}

/* Parts of any size, each unmasked by where it stands in its frame. */
static void parts(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 300; round++) {
		uint8_t frame[WS_HEAD + 600];
		size_t n = unit_rand(&seed) % 600, at = 0, heard = 0;
		size_t head = ws_head_size(WS_CLIENT, n), here = 0;
		struct ws_frame f = { WS_CLIENT, WS_BINARY, n, { 9, 8, 7, 6 } };
		struct ws_in w = { .role = WS_SERVER, .most = n };
		struct ws_part part = { .ends = false };

		for (size_t k = 0; k < n; k++)
			frame[head + k] = (uint8_t)k;
		ws_seal(frame, &f);
		while (!part.ends) {
			long took;

			here += unit_rand(&seed) % 40;
			here = min_size(here, head + n);
			took = ws_hear(&w,
				       (struct span){ frame + at, here - at },
				       &part);
			assert_true(took >= 0);
			for (size_t k = 0; k < part.data.n; k++, heard++)
				assert_int_equal(part.data.p[k],
						 (uint8_t)heard);
			at += (size_t)took;
		}
		assert_int_equal(heard, n);
		assert_int_equal(at, head + n);
	}
}

static void closing(void **state)
{
	uint8_t code[2];

	(void)state;
	assert_int_equal(ws_close(code, WS_NONE), 0);
	assert_int_equal(ws_close(code, WS_BROKEN), 2);
	assert_memory_equal(code, "\x03\xea", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(server),      cmocka_unit_test(client),
		cmocka_unit_test(no_way_back), cmocka_unit_test(no_text),
		cmocka_unit_test(lengths),     cmocka_unit_test(parts),
		cmocka_unit_test(closing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
