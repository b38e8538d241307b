/* Hellos of TLS 1.3 that no engine of ours would say. */
#include "tls13.h"
#include "wire/tls/hello.h"

/* ---- what a client makes of a server's answer ---- */

static uint8_t said[TLS_RECORD_MOST];

struct answer {
	const char *extensions; /* hex */
	bool again;             /* HelloRetryRequest */
	uint16_t suite;
	bool other_id;
	const char *behind; /* hex, in the same record; NULL: nothing */
	int alert;
};

/* A ServerHello, behind a hello that was said. */
static void answer(const struct answer *a)
{
	static uint8_t room[512], id[32], random[32];
	uint8_t two[2] = { (uint8_t)(a->suite >> 8), (uint8_t)a->suite };
	struct span hex = { said, sizeof said }, text;
	struct pack pack = pack_to(SPAN(room));
	size_t record, message;

	memcpy(id, said + 5 + 4 + 2 + 32 + 1, 32);
	id[0] ^= a->other_id;
	pack_bytes(&pack, BYTES("\x16\3\3"));
	record = pack_open(&pack, 2);
	pack_u8(&pack, TLS_SERVER_HELLO);
	message = pack_open(&pack, 3);
	pack_u16(&pack, TLS_VERSION_12);
	pack_bytes(&pack, (struct bytes){
				  a->again ? hello_retry_random : random, 32 });
	pack_vector(&pack, bytes_in(SPAN(id)), 1);
	pack_bytes(&pack, bytes_in(SPAN(two)));
	pack_u8(&pack, 0);
	pack_vector(&pack, unit_hex(hex, a->extensions), 2);
	pack_close(&pack, message, 3);
	if (a->behind)
		pack_bytes(&pack, unit_hex(hex, a->behind));
	pack_close(&pack, record, 2);
	assert_false(pack.full);
	(void)!tls_hear(client, (struct span){ room, pack.n }, &text);
}

static void start_client(void)
{
	tls_start(client, &p.hs[0], &p.conf[0], bytes_of(p.name), p.now_ms);
	client->session = p.session;
	assert_true(tls_say(client, SPAN(said)) > 0);
}

#define V13 "002b00020304"
#define WANT_P256 "003300020017"
#define GOOD_X25519 \
	"00330024001d0020 " \
	"0900000000000000000000000000000000000000000000000000" \
	"000000000000"
#define GOOD_P256 \
	"0033004500170041 046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0" \
	"f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececb" \
	"b6406837bf51f5"
#define COOKIE "002c0005 0003 616263"

static void answers(void **state)
{
	static const struct answer rows[] = {
		{ V13 WANT_P256, true, 0x1301, false, NULL, 0 },
		{ V13 WANT_P256 COOKIE, true, 0x1301, false, NULL, 0 },
		{ V13 COOKIE, true, 0x1301, false, NULL, 0 },
		{ V13 GOOD_X25519, false, 0x1301, false, NULL, 0 },
		{ V13 GOOD_X25519, false, 0x1301, false, "08000002 0000",
		  TLS_UNEXPECTED_MESSAGE },
		{ V13 GOOD_X25519, false, 0x1301, false, "08",
		  TLS_UNEXPECTED_MESSAGE },
		{ V13 WANT_P256, true, 0x1301, true, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 WANT_P256, true, 0xc02b, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 WANT_P256, true, 0x1304, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13, true, 0x1301, false, NULL, TLS_ILLEGAL_PARAMETER },
		{ V13 "00330002001d", true, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 "003300020018", true, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 WANT_P256 "0a0a0000", true, 0x1301, false, NULL,
		  TLS_UNSUPPORTED_EXTENSION },
		{ V13 WANT_P256 "0010000500030268 32", true, 0x1301, false,
		  NULL, TLS_UNSUPPORTED_EXTENSION },
		{ "002b00020303" WANT_P256, true, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ "", false, 0x1301, false, NULL, TLS_PROTOCOL_VERSION },
		{ V13, false, 0x1301, false, NULL, TLS_MISSING_EXTENSION },
		{ V13 GOOD_P256, false, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 "00330005001d0001 04", false, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 "00330006001d0001 0404", false, 0x1301, false, NULL,
		  TLS_DECODE_ERROR },
		{ V13 GOOD_X25519 "002900020000", false, 0x1301, false, NULL,
		  TLS_UNSUPPORTED_EXTENSION },
		/* A point of small order. */
		{ V13 "00330024001d0020 00000000000000000000000000000000"
		      "00000000000000000000000000000000",
		  false, 0x1301, false, NULL, TLS_ILLEGAL_PARAMETER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		start_client();
		answer(&rows[i]);
		if (client->about.alert != rows[i].alert)
			fail_msg("row %zu: alert %d", i, client->about.alert);
		assert_int_equal(client->err, rows[i].alert ? -NAT_EPROTO : 0);
	}
}

/* A second one, or another suite behind the first. */
static void answered_twice(void **state)
{
	static const struct answer again = { V13 WANT_P256, true, 0x1301,
					     false,         NULL, 0 };
	static const struct answer rows[] = {
		{ V13 WANT_P256, true, 0x1301, false, NULL,
		  TLS_UNEXPECTED_MESSAGE },
		{ V13 GOOD_P256, false, 0x1303, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 GOOD_X25519, false, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ "", false, 0xc02b, false, NULL, TLS_ILLEGAL_PARAMETER },
		{ V13 GOOD_P256, false, 0x1301, false, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		start_client();
		p.conf[TLS_CLIENT].least = 0;
		answer(&again);
		assert_int_equal(client->err, 0);
		tls_say(client, SPAN(said));
		memmove(said, said + 6, sizeof said - 6); /* the CCS */
		answer(&rows[i]);
		assert_int_equal(client->about.alert, rows[i].alert);
	}
}

/* A session that is said to be resumed, by a suite with another hash; by a number
 * that was not offered.
 */
static void answered_by_session(void **state)
{
	static const struct answer rows[] = {
		{ V13 GOOD_X25519 "002900020000", false, 0x1301, false, NULL,
		  0 },
		{ V13 GOOD_X25519 "002900020000", false, 0x1303, false, NULL,
		  0 },
		{ V13 GOOD_X25519 "002900020000", false, 0x1302, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
		{ V13 GOOD_X25519 "002900020001", false, 0x1301, false, NULL,
		  TLS_ILLEGAL_PARAMETER },
	};

	(void)state;
	begin_session();
	run();
	for (size_t i = 0; i < COUNT(rows); i++) {
		start_client();
		answer(&rows[i]);
		assert_int_equal(client->about.alert, rows[i].alert);
	}
}

/* The same hello again, where another was wanted. */
static void asked_in_vain(void **state)
{
	uint8_t out[TLS_SAY_LEAST];
	struct span text;
	size_t n;

	(void)state;
	begin();
	p.conf[TLS_SERVER].groups = 2;
	start_client();
	tls_start(server, &p.hs[1], &p.conf[1], (struct bytes){ NULL, 0 },
		  p.now_ms);
	n = 5u + (size_t)(said[3] << 8 | said[4]);
	assert_int_equal(tls_hear(server, (struct span){ said, n }, &text), n);
	assert_true(tls_say(server, SPAN(out)) > 0);
	assert_true(tls_hear(server, (struct span){ said, n }, &text) < 0);
	assert_int_equal(server->about.alert, TLS_ILLEGAL_PARAMETER);
}

/* ---- what a server makes of a client's hello ---- */

static const struct change {
	const char *from, *to; /* hex, of one length */
	int alert;
} * altered;

static void alter(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		  size_t *n)
{
	uint8_t old[32], new[32];
	struct bytes was = unit_hex(SPAN(old), altered->from);

	if (from == TLS_SERVER || pair->count++ > 0)
		return;
	for (size_t i = 0; i + was.n <= *n; i++)
		if (memcmp(b + i, was.p, was.n) == 0) {
			memcpy(b + i, unit_hex(SPAN(new), altered->to).p,
			       was.n);
			return;
		}
	fail_msg("no %s in the hello", altered->from);
}

static void asked_wrongly(void **state)
{
	static const struct change rows[] = {
		{ "000a0006 0004", "5a5a0006 0004", TLS_MISSING_EXTENSION },
		{ "00330026 0024", "5a5a0026 0024", TLS_MISSING_EXTENSION },
		{ "000d0012 0010", "5a5a0012 0010", TLS_MISSING_EXTENSION },
		{ "002d0002 01", "5a5a0002 01", TLS_MISSING_EXTENSION },
		{ "000d0012 0010", "000a0012 0010", TLS_ILLEGAL_PARAMETER },
		{ "001c0002 4001", "001c0002 003f", TLS_ILLEGAL_PARAMETER },
		{ "00330026 0024 001d0020", "00330026 0024 001d0021",
		  TLS_DECODE_ERROR },
		{ "002b0003 02 0304", "002b0003 02 0302",
		  TLS_PROTOCOL_VERSION },
		{ "0000000e 000c 00 0009 61", "0000000e 000c 00 0009 00",
		  TLS_ILLEGAL_PARAMETER },
		{ "0000000e 000c 00 0009", "0000000e 000c 00 000a",
		  TLS_DECODE_ERROR },
		{ "0303", "0303", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin_session();
		run();
		p.count = 0;
		p.meddle = alter;
		altered = &rows[i];
		pair_run(&p);
		if (server->about.alert != rows[i].alert)
			fail_msg("row %zu: alert %d", i, server->about.alert);
		assert_int_equal(server->err != 0, rows[i].alert != 0);
	}
}

/* ---- early data, which nobody is promised ---- */

/* said becomes a hello with one more extension: its length. */
static size_t with_early_data(void)
{
	static const size_t lengths[] = { 3, 7, 0 };
	uint8_t *ext = said + 5 + 4 + 2 + 32 + 1 + 32;
	size_t n = 5u + (size_t)(said[3] << 8 | said[4]);

	ext += 2 + (ext[0] << 8 | ext[1]);
	ext += 1 + ext[0];
	for (size_t i = 0; i < COUNT(lengths); i++) {
		uint8_t *at = lengths[i] ? said + lengths[i] : ext;
		unsigned more = (unsigned)(at[0] << 8 | at[1]) + 4;

		at[0] = (uint8_t)(more >> 8);
		at[1] = (uint8_t)more;
	}
	memcpy(said + n, "\0\x2a\0\0", 4);
	return n + 4;
}

static void early_data(void **state)
{
	static uint8_t record[5 + 1000] = { 23, 3, 3, 1000 >> 8, 1000 & 0xff };

	(void)state;
	for (uint32_t groups = 1; groups < 3; groups++)
		for (int offered = 0; offered < 2; offered++) {
			uint8_t out[TLS_SAY_LEAST];
			struct span text;
			int passed = 0;
			size_t n;

			begin();
			p.conf[TLS_SERVER].groups = groups;
			start_client();
			n = 5u + (size_t)(said[3] << 8 | said[4]);
			if (offered)
				n = with_early_data();
			tls_start(server, &p.hs[1], &p.conf[1],
				  (struct bytes){ NULL, 0 }, p.now_ms);
			assert_int_equal(tls_hear(server,
						  (struct span){ said, n },
						  &text),
					 n);
			while (tls_say(server, SPAN(out)) > 0)
				;
			while (tls_hear(server, SPAN(record), &text) > 0)
				passed++;
			assert_int_equal(passed, offered ? 65536 / 1005 : 0);
			assert_int_equal(server->about.alert,
					 groups == 1 ? TLS_BAD_RECORD_MAC
						     : TLS_UNEXPECTED_MESSAGE);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(answered_twice),
		cmocka_unit_test(answered_by_session),
		cmocka_unit_test(asked_in_vain),
		cmocka_unit_test(asked_wrongly),
		cmocka_unit_test(early_data),
	};

	return cmocka_run_group_tests(tests, pair_setup, NULL);
}
