/* Both engines of TLS 1.3, joined in memory: what they agree on, and what not. */
#include "tls13.h"

/* ---- what two sides can agree on ---- */

static void all_kinds(void **state)
{
	static struct tls_identity *const ids[] = { &pair_ec, &pair_rsa };

	(void)state;
	for (uint32_t suite = 0; suite < 3; suite++)
		for (uint32_t group = 0; group < SHARES; group++)
			for (size_t id = 0; id < COUNT(ids); id++) {
				begin();
				p.conf[TLS_SERVER].ids = ids[id];
				p.conf[TLS_SERVER].suites = 1u << suite;
				p.conf[TLS_CLIENT].groups = 1u << group;
				run();
				assert_ptr_equal(client->suite,
						 &tls_suites[suite]);
				assert_int_equal(client->about.group,
						 shares[group].group);
				assert_int_equal(server->about.group,
						 shares[group].group);
				assert_true(client->about.verified);
				assert_false(server->about.verified);
				assert_false(client->about.resumed);
				same_export();
				pair_talk(&p);
			}
}

/* The client's order counts, and it leans to what its processor can. */
static void order(void **state)
{
	(void)state;
	begin();
	p.conf[TLS_CLIENT].no_aes = true;
	run();
	assert_ptr_equal(server->suite, &tls_suites[2]);
}

static unsigned hellos;

static void count_hellos(struct tls_pair *pair, enum tls_role from, uint8_t *b,
			 size_t *n)
{
	(void)pair;
	for (size_t at = 0; from == TLS_CLIENT && at + 5 < *n;
	     at += 5u + (size_t)(b[at + 3] << 8 | b[at + 4]))
		hellos += b[at] == TLS_HANDSHAKE;
}

static void retry(void **state)
{
	(void)state;
	for (uint32_t suite = 0; suite < 3; suite++) {
		begin();
		p.conf[TLS_SERVER].groups = 2;
		p.conf[TLS_SERVER].suites = 1u << suite;
		p.meddle = count_hellos;
		hellos = 0;
		run();
		assert_int_equal(hellos, 2);
		assert_int_equal(client->about.group, TLS_P256);
		same_export();
		pair_talk(&p);
	}
}

static void alpn(void **state)
{
	static const char *const ours[] = { "nat", "h2" };
	static const char *const theirs[] = { "http/1.1", "h2", "nat" };

	(void)state;
	begin();
	p.conf[TLS_SERVER].alpn = ours;
	p.conf[TLS_SERVER].alpn_n = 2;
	p.conf[TLS_CLIENT].alpn = theirs;
	p.conf[TLS_CLIENT].alpn_n = 3;
	run();
	assert_int_equal(server->about.alpn, 1);
	assert_int_equal(client->about.alpn, 3);
	p.conf[TLS_CLIENT].alpn_n = 1;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_NO_APPLICATION_PROTOCOL);
	p.conf[TLS_SERVER].alpn_n = 0;
	run();
	assert_int_equal(server->about.alpn, 0);
	assert_int_equal(client->about.alpn, 0);
	p.conf[TLS_SERVER].alpn_n = 2;
	p.conf[TLS_CLIENT].alpn_n = 0;
	run();
	assert_int_equal(server->about.alpn, 0);
}

static void names(void **state)
{
	struct tls_identity ids[2] = { pair_other, pair_ec };

	(void)state;
	begin();
	p.conf[TLS_SERVER].ids = ids;
	p.conf[TLS_SERVER].ids_n = 2;
	run();
	assert_int_equal(server->about.identity, 1);
	p.name = "c.example";
	run();
	assert_int_equal(server->about.identity, 0);
	p.name = "192.0.2.1";
	ids[0] = pair_ec;
	run();
	assert_int_equal(server->about.identity, 0);
}

/* ---- certificates ---- */

static void client_certificates(void **state)
{
	static const struct {
		uint8_t ask;
		bool shows;
		int alert;
	} rows[] = {
		{ TLS_ASK_NONE, false, 0 },
		{ TLS_ASK_NONE, true, 0 },
		{ TLS_ASK_IF_ANY, false, 0 },
		{ TLS_ASK_IF_ANY, true, 0 },
		{ TLS_ASK_ALWAYS, false, TLS_CERTIFICATE_REQUIRED },
		{ TLS_ASK_ALWAYS, true, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool known = rows[i].shows && rows[i].ask != TLS_ASK_NONE;

		begin();
		p.conf[TLS_SERVER].ask = (enum tls_ask)rows[i].ask;
		p.conf[TLS_CLIENT].ids = &pair_user;
		p.conf[TLS_CLIENT].ids_n = rows[i].shows;
		if (rows[i].alert) {
			pair_run(&p);
			pair_failed(&p, TLS_SERVER, rows[i].alert);
			continue;
		}
		run();
		assert_int_equal(server->about.verified, known);
		assert_int_equal(is_wiped(server->about.pin, TLS_PIN), !known);
		pair_talk(&p);
	}
}

static void not_believed(void **state)
{
	static const struct {
		struct tls_identity *id;
		const char *name;
		int alert;
		const char *why;
	} rows[] = {
		{ &pair_other, "a.example", TLS_BAD_CERTIFICATE,
		  "the certificate is for another name" },
		{ &pair_late, "a.example", TLS_CERTIFICATE_EXPIRED,
		  "the certificate has expired" },
		{ &pair_lone, "a.example", TLS_UNKNOWN_CA,
		  "nobody who is trusted has signed it" },
		{ &pair_user, "a.example", TLS_UNSUPPORTED_CERTIFICATE,
		  "the certificate is not for this use" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		p.conf[TLS_SERVER].ids = rows[i].id;
		p.name = rows[i].name;
		pair_run(&p);
		pair_failed(&p, TLS_CLIENT, rows[i].alert);
		assert_string_equal(client->why, rows[i].why);
		assert_int_equal(client->err, -NAT_ECERT);
		assert_false(client->open);
		assert_false(server->open);
	}
}

static void pins(void **state)
{
	uint8_t wrong[2][TLS_PIN] = { { 1 }, { 2 } };

	(void)state;
	begin();
	p.conf[TLS_CLIENT].trusted_n = 0;
	p.conf[TLS_CLIENT].pins = (const uint8_t(*)[TLS_PIN])wrong;
	p.conf[TLS_CLIENT].pins_n = 2;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_BAD_CERTIFICATE);
	assert_string_equal(client->why, "its key is not one of the pinned");
	memcpy(wrong[1], pair_pin, TLS_PIN);
	run();
	assert_memory_equal(client->about.pin, pair_pin, TLS_PIN);
	assert_true(client->about.verified);
	p.conf[TLS_CLIENT].pins_n = 0;
	p.conf[TLS_CLIENT].insecure = true;
	run();
	assert_false(client->about.verified);
}

/* ---- sessions ---- */

static void resumption(void **state)
{
	(void)state;
	for (uint32_t suite = 0; suite < 3; suite++) {
		begin_session();
		p.conf[TLS_SERVER].suites = 1u << suite;
		run();
		assert_true(session.ticket_n > 0);
		for (int i = 0; i < 3; i++) {
			p.now_ms += 1000;
			run();
			assert_true(client->about.resumed);
			assert_true(server->about.resumed);
			assert_true(client->about.verified);
			assert_memory_equal(client->about.pin, pair_pin,
					    TLS_PIN);
			same_export();
			pair_talk(&p);
		}
		p.conf[TLS_SERVER].groups = 2;
		p.now_ms += 1000;
		run();
		assert_true(client->about.resumed);
		assert_int_equal(client->about.group, TLS_P256);
	}
}

/* A client's certificate is remembered, and nobody who has shown none gets in. */
static void resumed_client(void **state)
{
	(void)state;
	begin_session();
	p.conf[TLS_CLIENT].ids = &pair_user;
	p.conf[TLS_CLIENT].ids_n = 1;
	run();
	p.conf[TLS_SERVER].ask = TLS_ASK_ALWAYS;
	run();
	assert_false(server->about.resumed);
	assert_true(server->about.verified);
	run();
	assert_true(server->about.resumed);
	assert_true(server->about.verified);
	assert_false(is_wiped(server->about.pin, TLS_PIN));
}

static void stale_sessions(void **state)
{
	struct tls_session kept;

	(void)state;
	begin_session();
	run();
	kept = session;
	tls_tickets_turn(&tickets, certs_fill);
	run();
	assert_true(client->about.resumed);
	session = kept;
	tls_tickets_turn(&tickets, certs_fill);
	run();
	assert_false(client->about.resumed);
	p.name = "192.0.2.1";
	run();
	assert_false(client->about.resumed);
	run();
	assert_true(client->about.resumed);
	p.now_ms += INT64_C(86400) * 1000 + 1;
	run();
	assert_false(client->about.resumed);
	/* A client that says what is not so. */
	run();
	assert_true(client->about.resumed);
	session.lifetime = 7 * 86400;
	p.now_ms += INT64_C(86400) * 1000 + 1;
	session.since = p.now_ms;
	run();
	assert_false(client->about.resumed);
	run();
	assert_true(client->about.resumed);
	p.name = "a.example";
	kept = session;
	run();
	session = kept;
	memcpy(session.name, client->name, TLS_PIN);
	run();
	assert_false(client->about.resumed);
	/* The server's clock has gone back behind the ticket's. */
	p.now_ms -= 5000;
	run();
	assert_false(client->about.resumed);
	assert_true(client->about.verified);
}

/* Of two sessions that nobody verified none is used where one must be. */
static void insecure_session(void **state)
{
	(void)state;
	begin_session();
	p.conf[TLS_CLIENT].insecure = true;
	p.conf[TLS_CLIENT].trusted_n = 0;
	run();
	run();
	assert_true(client->about.resumed);
	p.conf[TLS_CLIENT].insecure = false;
	p.conf[TLS_CLIENT].trusted_n = 1;
	run();
	assert_false(client->about.resumed);
	assert_true(client->about.verified);
}

static void wrong_binder(void **state)
{
	(void)state;
	begin_session();
	run();
	session.secret[3] ^= 1;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_DECRYPT_ERROR);
}

/* ---- wires ---- */

/* Byte by byte it is the same. */
static void in_pieces(void **state)
{
	(void)state;
	for (size_t cut = 1; cut < 40; cut += 1 + cut / 3) {
		begin_session();
		p.cut = cut;
		p.conf[TLS_SERVER].groups = 2;
		p.conf[TLS_SERVER].ids = &pair_rsa;
		p.conf[TLS_SERVER].ask = TLS_ASK_ALWAYS;
		p.conf[TLS_CLIENT].ids = &pair_user;
		p.conf[TLS_CLIENT].ids_n = 1;
		run();
		assert_true(server->about.verified);
		run();
		assert_true(server->about.resumed);
	}
}

static size_t longest[2];

static void measure(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		    size_t *n)
{
	(void)pair;
	for (size_t at = 0; at + 5 <= *n;) {
		size_t all = 5u + (size_t)(b[at + 3] << 8 | b[at + 4]);

		if (b[at] == TLS_DATA && all - 5 - 16 > longest[from])
			longest[from] = all - 5 - 16;
		at += all;
	}
}

static void record_limits(void **state)
{
	static const uint16_t limits[] = { 64, 65, 100, 511, 4096, 16384 };

	(void)state;
	for (size_t i = 0; i < COUNT(limits); i++)
		for (int who = 0; who < 2; who++) {
			begin_session();
			p.conf[who].record = limits[i];
			p.meddle = measure;
			longest[0] = longest[1] = 0;
			run();
			pair_talk(&p);
			assert_int_equal(longest[!who], limits[i]);
			assert_int_equal(longest[who], 16385);
			/* A ticket that does not go into one record is none. */
			assert_int_equal(session.ticket_n > 0,
					 who == TLS_SERVER || limits[i] > 200);
		}
}

/* ---- the end ---- */

static void endings(void **state)
{
	uint8_t out[64];

	(void)state;
	begin();
	run();
	tls_cut(client);
	assert_int_equal(client->err, -NAT_ECLOSED);
	tls_finish(server);
	tls_finish(server);
	assert_int_equal(tls_room(server, SPAN(out)).n, 0);
	run();
	tls_finish(client);
	pair_go_on(&p);
	assert_true(server->ended);
	assert_false(client->ended);
	tls_cut(server);
	assert_int_equal(server->err, 0);
	pair_say(&p, TLS_SERVER, 100);
	pair_go_on(&p);
	assert_int_equal(p.heard[TLS_CLIENT].n, 100);
	tls_finish(server);
	pair_go_on(&p);
	assert_true(client->ended);
	assert_int_equal(client->err, 0);
	assert_int_equal(tls_say(client, SPAN(out)), 0);
}

/* What both have written over, when it is over. */
static void wiped(void **state)
{
	static struct tls t;

	(void)state;
	begin();
	run();
	assert_true(is_wiped(&p.hs[0], sizeof p.hs[0]));
	assert_true(is_wiped(&p.hs[1], sizeof p.hs[1]));
	tls_stop(client);
	assert_true(is_wiped(client, sizeof *client));
	begin();
	p.conf[TLS_SERVER].ids = &pair_lone;
	pair_run(&p);
	assert_true(is_wiped(&p.hs[0], sizeof p.hs[0]));
	assert_true(is_wiped(&p.hs[1], sizeof p.hs[1]));
	tls_start(&t, &p.hs[0], &p.conf[0], BYTES("a"), 0);
	tls_stop(&t);
	assert_true(is_wiped(&p.hs[0], sizeof p.hs[0]));
}

/* ---- nothing in common ---- */

static void no_match(void **state)
{
	static const struct {
		uint32_t suites, groups;
		uint16_t most;
		int alert;
	} rows[] = {
		{ 1, 0, 0, TLS_HANDSHAKE_FAILURE },
		{ 0, 1, 0, TLS_HANDSHAKE_FAILURE },
		{ 0, 0, TLS_VERSION_12, TLS_PROTOCOL_VERSION },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		p.conf[TLS_CLIENT].suites = 4;
		p.conf[TLS_CLIENT].groups = 2;
		p.conf[TLS_SERVER].suites = rows[i].suites;
		p.conf[TLS_SERVER].groups = rows[i].groups;
		p.conf[TLS_SERVER].most = rows[i].most;
		pair_run(&p);
		pair_failed(&p, TLS_SERVER, rows[i].alert);
	}
}

/* One side alone has something to say, and renews its keys again and again; what
 * it hears is answers.
 */
static void one_sided(void **state)
{
	(void)state;
	begin();
	run();
	for (int i = 0; i < 100; i++) {
		pair_say(&p, TLS_CLIENT, 10);
		tls_rekey(client);
		pair_go_on(&p);
		assert_true(pair_open(&p));
	}
	assert_int_equal(p.heard[TLS_SERVER].n, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds),
		cmocka_unit_test(order),
		cmocka_unit_test(retry),
		cmocka_unit_test(alpn),
		cmocka_unit_test(names),
		cmocka_unit_test(client_certificates),
		cmocka_unit_test(not_believed),
		cmocka_unit_test(pins),
		cmocka_unit_test(resumption),
		cmocka_unit_test(resumed_client),
		cmocka_unit_test(stale_sessions),
		cmocka_unit_test(insecure_session),
		cmocka_unit_test(wrong_binder),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(record_limits),
		cmocka_unit_test(endings),
		cmocka_unit_test(wiped),
		cmocka_unit_test(no_match),
		cmocka_unit_test(one_sided),
	};

	return cmocka_run_group_tests(tests, pair_setup, NULL);
}
