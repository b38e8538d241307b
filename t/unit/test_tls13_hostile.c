/* TLS 1.3 on wires that change what is said, with ends that do not keep to it. */
#include "tls13.h"
#include "wire/tls/record.h"

/* Somebody takes supported_versions away: the server's random tells. */
static void hide_versions(struct tls_pair *pair, enum tls_role from, uint8_t *b,
			  size_t *n)
{
	(void)pair;
	for (size_t i = 0; from == TLS_CLIENT && i + 6 < *n; i++)
		if (memcmp(b + i, "\0\x2b\0\5\4\3\4", 7) == 0)
			b[i] = 0x5a;
}

static void downgrade(void **state)
{
	(void)state;
	pair_init(&p);
	p.meddle = hide_versions;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_ILLEGAL_PARAMETER);
}

/* ---- hostile ---- */

/* A byte of what is said from the n-th on is changed. */
static size_t change_at;
static enum tls_role changed;

static void change(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		   size_t *n)
{
	(void)pair;
	if (from != changed || change_at == SIZE_MAX)
		return;
	if (change_at < *n)
		b[change_at] ^= 0x41;
	change_at = change_at < *n ? SIZE_MAX : change_at - *n;
}

/* Only the version in the head of a plain record says nothing: of a hello, of two
 * ChangeCipherSpecs.
 */
static void bit_flips(void **state)
{
	(void)state;
	for (int who = 0; who < 2; who++) {
		unsigned survived = 0;
		size_t at = 0;

		do {
			begin_session();
			p.meddle = change;
			changed = (enum tls_role)who;
			change_at = at;
			at += 3;
			pair_run(&p);
			survived += change_at == SIZE_MAX && pair_open(&p);
		} while (change_at == SIZE_MAX);
		assert_true(at > 200 && survived <= 2);
	}
}

static void floods(void **state)
{
	uint8_t record[64];

	(void)state;
	begin();
	run();
	for (int i = 0; i < 33 && !server->err; i++) {
		size_t n = tls_seal(client, SPAN(record), 0);
		struct span text;

		if (tls_hear(server, (struct span){ record, n }, &text) > 0)
			assert_int_equal(text.n, 0);
		assert_int_equal(server->err != 0, i == 32);
	}
	assert_int_equal(server->about.alert, TLS_UNEXPECTED_MESSAGE);
	run();
	for (int i = 0; i < 33 && !server->err; i++) {
		struct span text;
		size_t n;

		tls_rekey(client);
		n = tls_say(client, SPAN(record));
		if (tls_hear(server, (struct span){ record, n }, &text) > 0)
			assert_int_equal(text.n, 0);
		assert_int_equal(server->err != 0, i == 32);
	}
	run();
}

/* Records in the clear, in hex, to a server that has heard nothing. */
static void bad_starts(void **state)
{
	static const struct {
		const char *hex;
		int alert;
	} rows[] = {
		{ "1703030001 00", TLS_UNEXPECTED_MESSAGE },
		{ "1403030001 01", TLS_UNEXPECTED_MESSAGE },
		{ "1603010000", TLS_UNEXPECTED_MESSAGE },
		{ "1603010004 01004001", TLS_DECODE_ERROR },
		{ "1603010004 02000000", TLS_UNEXPECTED_MESSAGE },
		{ "1603010004 01000000", TLS_DECODE_ERROR },
		{ "1503010003 020000", TLS_DECODE_ERROR },
		{ "474554202f", TLS_UNEXPECTED_MESSAGE },
		{ "1603014001", TLS_RECORD_OVERFLOW },
		{ "1602000001 00", TLS_PROTOCOL_VERSION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[64], out[TLS_SAY_LEAST];
		struct span text;
		struct bytes b;
		size_t n;

		begin();
		tls_start(server, &p.hs[1], &p.conf[1],
			  (struct bytes){ NULL, 0 }, p.now_ms);
		b = unit_hex(SPAN(room), rows[i].hex);
		assert_int_equal(
			tls_hear(server, (struct span){ room, b.n }, &text),
			-NAT_EPROTO);
		assert_int_equal(server->about.alert, rows[i].alert);
		n = tls_say(server, SPAN(out));
		assert_int_equal(n, 7);
		assert_int_equal(out[6], rows[i].alert);
		assert_int_equal(tls_say(server, SPAN(out)), 0);
		assert_int_equal(
			tls_hear(server, (struct span){ room, b.n }, &text),
			-NAT_EPROTO);
	}
}

/* A record before the n-th of one side: whatever it is, the handshake comes to no
 * good end, but for a ChangeCipherSpec, which is passed over.
 */
static struct {
	enum tls_role from;
	int n; /* records to go */
	struct bytes before;
	bool drop;
} slip;

static void slip_in(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		    size_t *n)
{
	size_t at = 0;

	(void)pair;
	for (; from == slip.from && slip.n >= 0 && at + 5 <= *n; slip.n--) {
		size_t all = 5u + (size_t)(b[at + 3] << 8 | b[at + 4]);

		if (slip.n == 0) {
			size_t out = slip.drop ? all : 0;

			memmove(b + at + slip.before.n, b + at + out,
				*n - at - out);
			if (slip.before.n > 0)
				memcpy(b + at, slip.before.p, slip.before.n);
			*n = *n - out + slip.before.n;
		}
		at += all;
	}
}

static void slipped(void **state)
{
	static const struct {
		const char *hex;
		bool drop;
	} rows[] = {
		{ "", true },
		{ "140303000101", false },
		{ "140303000102", false },
		{ "14030300020101", false },
		{ "170303000100", false },
		{ "16030300020e00", false },
		{ "1603030004 08000000", false },
		{ "1703030011 0000000000000000000000000000000000", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int k = 0; k < 2 * 7; k++) {
			uint8_t room[64];

			begin();
			p.conf[TLS_SERVER].groups = 2;
			p.meddle = slip_in;
			slip.from = (enum tls_role)(k % 2);
			slip.n = k / 2;
			slip.drop = rows[i].drop;
			slip.before = unit_hex(SPAN(room), rows[i].hex);
			pair_run(&p);
			/* Not so many records; one that nobody needs; or that
			 * comes before anything is to come.
			 */
			if (slip.n >= 0 || i == 1 || pair_open(&p))
				continue;
			tls_cut(client);
			tls_cut(server);
			assert_true(client->err < 0 && server->err < 0);
		}
}

/* ---- proofs ---- */

/* A certificate without its key. */
static void impostors(void **state)
{
	static struct key key;
	struct tls_identity false_ec = pair_ec, false_user = pair_user;

	(void)state;
	key_make_p256(&key, certs_fill);
	false_ec.key = false_user.key = &key;
	begin();
	p.conf[TLS_SERVER].ids = &false_ec;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_DECRYPT_ERROR);
	assert_false(client->about.verified);
	assert_string_equal(client->why,
			    "the signature of the handshake is wrong");
	p.conf[TLS_SERVER].ids = &pair_ec;
	p.conf[TLS_SERVER].ask = TLS_ASK_ALWAYS;
	p.conf[TLS_CLIENT].ids = &false_user;
	p.conf[TLS_CLIENT].ids_n = 1;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_DECRYPT_ERROR);
	assert_false(server->about.verified);
	assert_false(server->open);
}

/* One side's secret for Finished is another, once there are keys. */
static enum tls_role forger;

static void forge(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		  size_t *n)
{
	struct tls_hs13 *v = &pair->hs[forger].v13;

	(void)b;
	(void)n;
	if (from == TLS_SERVER && pair->count++ == (forger == TLS_CLIENT))
		*(forger == TLS_CLIENT ? v->client : v->server) ^= 1;
}

static void forged_finished(void **state)
{
	(void)state;
	begin();
	p.meddle = forge;
	forger = TLS_SERVER;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_DECRYPT_ERROR);
	p.count = 0;
	forger = TLS_CLIENT;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_DECRYPT_ERROR);
	assert_false(server->open);
}

/* ---- after the handshake ---- */

/* Sealed as the engine would; never as it would say it. */
static void say_sealed(enum tls_role from, uint8_t type, struct bytes b)
{
	static uint8_t room[TLS_RECORD_MOST];
	struct tls *t = &p.ends[from];
	struct span text;

	memcpy(room + 5, b.p, b.n);
	(void)!tls_hear(&p.ends[!from],
			(struct span){ room, record_seal(room, b.n, type,
							 t->suite, &t->out) },
			&text);
}

static void afterwards(void **state)
{
	static const struct {
		enum tls_role from;
		uint8_t type;
		const char *hex, *more; /* two records */
		int alert;
	} rows[] = {
		{ TLS_CLIENT, 22, "18000001 00", NULL, 0 },
		{ TLS_CLIENT, 22, "180000", "01 01", 0 },
		{ TLS_CLIENT, 22, "18000001", "00", 0 },
		{ TLS_CLIENT, 22, "18000001 02", NULL, TLS_ILLEGAL_PARAMETER },
		{ TLS_CLIENT, 22, "18000002 0000", NULL, TLS_DECODE_ERROR },
		{ TLS_CLIENT, 22, "18000001 00 18000001 00", NULL,
		  TLS_UNEXPECTED_MESSAGE },
		{ TLS_CLIENT, 22, "", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_CLIENT, 22, "00000000", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_CLIENT, 22, "01000000", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_CLIENT, 22, "04000000", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 22, "0d000000", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 22, "04000000", NULL, TLS_DECODE_ERROR },
		{ TLS_SERVER, 22,
		  "0400000f 00000001 00000000 00 0001 01 0000 0000", NULL,
		  TLS_DECODE_ERROR },
		{ TLS_SERVER, 22, "0400000e 00000001 00000000 00 0001 01 0000",
		  NULL, 0 },
		{ TLS_SERVER, 22, "0400000e 00000001 000000",
		  "00 00 0001 01 0000 18000001 00", 0 },
		{ TLS_SERVER, 22, "04004001", NULL, TLS_DECODE_ERROR },
		{ TLS_SERVER, 21, "0100", NULL, 0 },
		{ TLS_SERVER, 21, "015a", NULL, 0 },
		{ TLS_SERVER, 21, "02", NULL, TLS_DECODE_ERROR },
		{ TLS_SERVER, 21, "0228", NULL, TLS_HANDSHAKE_FAILURE },
		{ TLS_SERVER, 21, "0128", NULL, TLS_HANDSHAKE_FAILURE },
		{ TLS_SERVER, 21, "02ff", NULL, 255 },
		{ TLS_SERVER, 20, "01", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 24, "01", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 0, "", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 0, "16 00", NULL, TLS_UNEXPECTED_MESSAGE },
		{ TLS_SERVER, 0, "17 00", NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tls *t = &p.ends[!rows[i].from];
		uint8_t room[64];

		begin();
		run();
		say_sealed(rows[i].from, rows[i].type,
			   unit_hex(SPAN(room), rows[i].hex));
		if (rows[i].more)
			say_sealed(rows[i].from, rows[i].type,
				   unit_hex(SPAN(room), rows[i].more));
		if (t->about.alert != rows[i].alert)
			fail_msg("row %zu: alert %d", i, t->about.alert);
		assert_int_equal(t->err != 0, rows[i].alert != 0);
	}
	begin();
	run();
	say_sealed(TLS_CLIENT, TLS_HANDSHAKE, BYTES("\x18\0\0\1"));
	say_sealed(TLS_CLIENT, TLS_DATA, BYTES("x"));
	assert_int_equal(server->about.alert, TLS_UNEXPECTED_MESSAGE);
}

/* More than was asked for, more than there may be. */
static void too_much(void **state)
{
	static uint8_t text[TLS_RECORD_TEXT + 1];

	(void)state;
	for (int more = 0; more < 2; more++) {
		begin();
		run();
		say_sealed(
			TLS_CLIENT, TLS_DATA,
			(struct bytes){ text, TLS_RECORD_TEXT + (size_t)more });
		assert_int_equal(server->about.alert,
				 more ? TLS_RECORD_OVERFLOW : 0);
		p.conf[TLS_SERVER].record = 100;
		run();
		say_sealed(TLS_CLIENT, TLS_DATA,
			   (struct bytes){ text, 99 + (size_t)more });
		assert_int_equal(server->about.alert,
				 more ? TLS_RECORD_OVERFLOW : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(downgrade),       cmocka_unit_test(bit_flips),
		cmocka_unit_test(floods),          cmocka_unit_test(bad_starts),
		cmocka_unit_test(slipped),         cmocka_unit_test(impostors),
		cmocka_unit_test(forged_finished), cmocka_unit_test(afterwards),
		cmocka_unit_test(too_much),
	};

	return cmocka_run_group_tests(tests, pair_setup, NULL);
}
