#include "unit.h"
#include "tls_pair.h"
#include "wire/tls/record.h"

/* The one pair of all tests, but for what each sets: 1.2 alone. */
static struct tls_pair p;

static void begin(void)
{
	pair_init(&p);
	p.conf[TLS_CLIENT].most = p.conf[TLS_SERVER].most = TLS_VERSION_12;
}

static struct tls *client(void)
{
	return &p.ends[TLS_CLIENT];
}

static struct tls *server(void)
{
	return &p.ends[TLS_SERVER];
}

static bool same_export(const char *label)
{
	uint8_t a[32], b[32], c[32];
	struct bytes none = { NULL, 0 };

	assert_true(tls_export(client(), label, none, SPAN(a)));
	assert_true(tls_export(server(), label, none, SPAN(b)));
	assert_true(tls_export(server(), "EXPORTER-other", none, SPAN(c)));
	assert_int_not_equal(memcmp(a, c, sizeof a), 0);
	return memcmp(a, b, sizeof a) == 0;
}

/* ---- what works ---- */

static void one(size_t suite, size_t group)
{
	const struct tls_suite *s = &tls_suites[suite];

	begin();
	p.conf[TLS_CLIENT].suites = (uint32_t)1 << suite;
	p.conf[TLS_CLIENT].groups = (uint32_t)1 << group;
	p.conf[TLS_SERVER].ids = s->auth == TLS_AUTH_RSA ? &pair_rsa : &pair_ec;
	pair_run(&p);
	assert_true(pair_open(&p));
	for (int i = 0; i < 2; i++) {
		assert_ptr_equal(p.ends[i].suite, s);
		assert_int_equal(p.ends[i].about.version, TLS_VERSION_12);
		assert_int_equal(p.ends[i].about.group, shares[group].group);
		assert_int_equal(p.ends[i].about.verified, i == TLS_CLIENT);
		assert_false(p.ends[i].about.resumed);
	}
	assert_true(same_export("EXPORTER-nat-login"));
	pair_talk(&p);
	tls_finish(client());
	tls_finish(server());
	pair_go_on(&p);
	assert_true(client()->ended && server()->ended);
}

static void suites_and_groups(void **state)
{
	(void)state;
	for (size_t i = 0; i < TLS_SUITES; i++)
		for (size_t k = 0; k < SHARES; k++)
			if (tls_suites[i].version == TLS_VERSION_12)
				one(i, k);
}

/* A byte at a time, and other odd cuts. */
static void in_pieces(void **state)
{
	static const size_t cuts[] = { 1, 2, 3, 5, 6, 64, 999 };

	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		begin();
		p.cut = cuts[i];
		pair_run(&p);
		assert_true(pair_open(&p));
		p.heard[TLS_SERVER].n = 0;
		pair_say(&p, TLS_CLIENT, 300);
		pair_go_on(&p);
		assert_int_equal(p.heard[TLS_SERVER].n, 300);
	}
}

/* Who can do what, and what comes of it; 0: nothing. */
static void versions(void **state)
{
	enum { A = TLS_VERSION_12, B = TLS_VERSION_13 };
	static const struct {
		uint16_t least, most;
	} can[] = { { 0, 0 }, { A, A }, { B, B }, { A, B } };
	static const uint16_t want[4][4] = {
		{ B, A, B, B }, { A, A, 0, A }, { B, 0, B, B }, { B, A, B, B }
	};

	(void)state;
	for (size_t i = 0; i < 16; i++) {
		pair_init(&p);
		p.conf[TLS_CLIENT].least = can[i / 4].least;
		p.conf[TLS_CLIENT].most = can[i / 4].most;
		p.conf[TLS_SERVER].least = can[i % 4].least;
		p.conf[TLS_SERVER].most = can[i % 4].most;
		pair_run(&p);
		if (want[i / 4][i % 4] == 0) {
			pair_failed(&p, TLS_SERVER, TLS_PROTOCOL_VERSION);
			continue;
		}
		assert_true(pair_open(&p));
		assert_int_equal(client()->about.version, want[i / 4][i % 4]);
		assert_int_equal(server()->about.version, want[i / 4][i % 4]);
		assert_true(same_export("EXPORTER-nat-login"));
	}
}

static void names_and_protocols(void **state)
{
	struct tls_identity ids[] = { pair_ec, pair_rsa, pair_other };
	static const char *const ours[] = { "nat", "h2" };
	static const char *const theirs[] = { "h2", "http/1.1" };

	(void)state;
	begin();
	p.conf[TLS_SERVER].ids = ids;
	p.conf[TLS_SERVER].ids_n = 3;
	p.conf[TLS_CLIENT].alpn = ours;
	p.conf[TLS_SERVER].alpn = theirs;
	p.conf[TLS_CLIENT].alpn_n = p.conf[TLS_SERVER].alpn_n = 2;
	p.name = "c.example";
	pair_run(&p);
	assert_true(pair_open(&p));
	assert_int_equal(server()->about.identity, 2);
	assert_int_equal(client()->about.alpn, 2);
	assert_int_equal(server()->about.alpn, 1);
	p.conf[TLS_CLIENT].alpn_n = 1;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_NO_APPLICATION_PROTOCOL);
}

/* No suite, group, signature in common. */
static void nothing_in_common(void **state)
{
	static const struct {
		enum tls_role who;
		uint32_t suites, groups;
	} rows[] = { { TLS_CLIENT, 1 << 4, 0 }, /* RSA alone */
		     { TLS_SERVER, 1 << 4, 0 },
		     { TLS_CLIENT, 0, 1 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		p.conf[rows[i].who].suites = rows[i].suites;
		p.conf[rows[i].who].groups = rows[i].groups;
		p.conf[!rows[i].who].groups = rows[i].groups ? 2 : 0;
		pair_run(&p);
		pair_failed(&p, TLS_SERVER, TLS_HANDSHAKE_FAILURE);
	}
}

/* ---- certificates ---- */

static void server_certificates(void **state)
{
	static const struct {
		const char *name;
		const struct tls_identity *id;
		int alert;
	} rows[] = {
		{ "a.example", &pair_ec, 0 },
		{ "192.0.2.1", &pair_rsa, 0 },
		{ "", &pair_ec, 0 },
		{ "q.example", &pair_ec, TLS_BAD_CERTIFICATE },
		{ "192.0.2.2", &pair_ec, TLS_BAD_CERTIFICATE },
		{ "a.example", &pair_other, TLS_BAD_CERTIFICATE },
		{ "a.example", &pair_late, TLS_CERTIFICATE_EXPIRED },
		{ "a.example", &pair_lone, TLS_UNKNOWN_CA },
		{ "a.example", &pair_user, TLS_UNSUPPORTED_CERTIFICATE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin();
		p.name = rows[i].name;
		p.conf[TLS_SERVER].ids = rows[i].id;
		pair_run(&p);
		if (rows[i].alert)
			pair_failed(&p, TLS_CLIENT, rows[i].alert);
		else
			assert_true(pair_open(&p));
	}
}

static void pins(void **state)
{
	uint8_t pin[1][TLS_PIN];

	(void)state;
	begin();
	memcpy(pin[0], pair_pin, TLS_PIN);
	p.conf[TLS_CLIENT].trusted_n = 0;
	p.conf[TLS_CLIENT].pins = pin;
	p.conf[TLS_CLIENT].pins_n = 1;
	p.conf[TLS_SERVER].ids = &pair_lone;
	p.name = "q.example";
	pair_run(&p);
	assert_true(pair_open(&p));
	assert_true(client()->about.verified);
	assert_memory_equal(client()->about.pin, pair_pin, TLS_PIN);
	pin[0][0] ^= 1;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_BAD_CERTIFICATE);
	p.conf[TLS_CLIENT].insecure = true;
	pair_run(&p);
	assert_true(pair_open(&p));
	assert_false(client()->about.verified);
}

/* Both kinds of key, with suites of either hash. */
static void client_certificates(void **state)
{
	static const struct {
		const struct tls_identity *id;
		enum tls_ask ask;
		int alert;
	} rows[] = {
		{ &pair_user, TLS_ASK_ALWAYS, 0 },
		{ &pair_rsa, TLS_ASK_ALWAYS, 0 },
		{ &pair_user, TLS_ASK_IF_ANY, 0 },
		{ &pair_user, TLS_ASK_NONE, 0 },
		{ NULL, TLS_ASK_IF_ANY, 0 },
		{ NULL, TLS_ASK_ALWAYS, TLS_HANDSHAKE_FAILURE },
		{ &pair_lone, TLS_ASK_IF_ANY, TLS_UNKNOWN_CA },
		{ &pair_late, TLS_ASK_ALWAYS, TLS_CERTIFICATE_EXPIRED },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		bool shown = rows[i / 2].id && rows[i / 2].ask;

		begin();
		p.conf[TLS_CLIENT].suites = i % 2 ? 1 << 3 : 1 << 5;
		p.conf[TLS_CLIENT].ids = rows[i / 2].id;
		p.conf[TLS_CLIENT].ids_n = rows[i / 2].id != NULL;
		p.conf[TLS_SERVER].ask = rows[i / 2].ask;
		pair_run(&p);
		if (rows[i / 2].alert) {
			pair_failed(&p, TLS_SERVER, rows[i / 2].alert);
			continue;
		}
		assert_true(pair_open(&p));
		assert_int_equal(server()->about.verified, shown);
		if (rows[i / 2].id == &pair_user && shown)
			assert_memory_equal(server()->about.pin, pair_pin,
					    TLS_PIN);
	}
}

/* Whoever shows a certificate has its key. */
static void stolen_certificates(void **state)
{
	static struct key other;
	const struct tls_identity thief = { &other, pair_user.chain, 1 };
	const struct tls_identity posing = { &other, pair_ec.chain, 1 };

	(void)state;
	key_make_p256(&other, certs_fill);
	begin();
	p.conf[TLS_SERVER].ids = &posing;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_DECRYPT_ERROR);
	begin();
	p.conf[TLS_SERVER].ask = TLS_ASK_ALWAYS;
	p.conf[TLS_CLIENT].ids = &thief;
	p.conf[TLS_CLIENT].ids_n = 1;
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_DECRYPT_ERROR);
	assert_false(server()->about.verified);
}

/* ---- those in the middle ---- */

/* What p.meddle does to the record whose number is p.count, of from. */
static enum tls_role victim;
static size_t records[2];

static bool is_turn(enum tls_role from)
{
	return from == victim && records[from] == (size_t)p.count;
}

/* Goes through what was said record by record; each is passed on, changed,
 * into a copy.
 */
static void each_record(enum tls_role from, uint8_t *b, size_t *n,
			size_t (*change)(uint8_t *to, const uint8_t *r,
					 size_t n))
{
	static uint8_t copy[8 * TLS_SAY_LEAST];
	size_t made = 0;

	for (size_t at = 0; at < *n; records[from]++) {
		size_t r = 5 + ((size_t)b[at + 3] << 8 | b[at + 4]);

		if (is_turn(from)) {
			made += change(copy + made, b + at, r);
		} else {
			memcpy(copy + made, b + at, r);
			made += r;
		}
		at += r;
	}
	memcpy(b, copy, made);
	*n = made;
}

static size_t drop(uint8_t *to, const uint8_t *r, size_t n)
{
	(void)to;
	(void)r;
	(void)n;
	return 0;
}

static size_t twice(uint8_t *to, const uint8_t *r, size_t n)
{
	memcpy(to, r, n);
	memcpy(to + n, r, n);
	return 2 * n;
}

static const uint8_t ccs[] = { 20, 3, 3, 0, 1, 1 };

static size_t ccs_before(uint8_t *to, const uint8_t *r, size_t n)
{
	memcpy(to, ccs, sizeof ccs);
	memcpy(to + sizeof ccs, r, n);
	return sizeof ccs + n;
}

static size_t data_before(uint8_t *to, const uint8_t *r, size_t n)
{
	size_t more = ccs_before(to, r, n);

	to[0] = TLS_DATA;
	return more;
}

/* A message and a half in a record: the rest comes after the CCS. */
static size_t half_before(uint8_t *to, const uint8_t *r, size_t n)
{
	static const uint8_t half[] = { 22, 3, 3, 0, 5, 20, 0, 0, 12, 1 };

	memcpy(to, half, sizeof half);
	memcpy(to + sizeof half, r, n);
	return sizeof half + n;
}

static size_t last_byte(uint8_t *to, const uint8_t *r, size_t n)
{
	memcpy(to, r, n);
	to[n - 1] ^= 1;
	return n;
}

static size_t (*change_now)(uint8_t *to, const uint8_t *r, size_t n);

static void meddle(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		   size_t *n)
{
	(void)pair;
	each_record(from, b, n, change_now);
}

/* The record of that number is changed so; there was one. */
static bool run_changed(size_t (*change)(uint8_t *to, const uint8_t *r,
					 size_t n),
			enum tls_role from, int number)
{
	begin();
	p.conf[TLS_SERVER].ask = TLS_ASK_ALWAYS;
	p.conf[TLS_CLIENT].ids = &pair_user;
	p.conf[TLS_CLIENT].ids_n = 1;
	p.meddle = meddle;
	p.count = number;
	change_now = change;
	victim = from;
	records[0] = records[1] = 0;
	pair_run(&p);
	return records[from] > (size_t)number;
}

/* Dropped, doubled, changed, with something before it: no record of either
 * side's handshake, seven and eight, can be. The last of all is the server's
 * Finished.
 */
static void order(void **state)
{
	static size_t (*const changes[])(uint8_t * to, const uint8_t *r,
					 size_t n) = {
		drop, twice, ccs_before, data_before, half_before, last_byte,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		for (int k = 0; k < 2 * 9; k++) {
			enum tls_role from = k % 2 ? TLS_SERVER : TLS_CLIENT;

			if (!run_changed(changes[i], from, k / 2))
				continue;
			assert_false(client()->open && !client()->err &&
				     server()->open && !server()->err);
			/* Who waits in vain learns of it at the end. */
			tls_cut(client());
			tls_cut(server());
			assert_true(client()->err < 0 && server()->err < 0);
		}
	}
	assert_true(run_changed(drop, TLS_CLIENT, 5));
	assert_true(run_changed(drop, TLS_SERVER, 7));
}

/* A ChangeCipherSpec too early: the alert, and by whom it was heard. */
static void early_ccs(void **state)
{
	(void)state;
	for (int k = 0; k < 4; k++) {
		assert_true(run_changed(ccs_before, TLS_SERVER, k));
		pair_failed(&p, TLS_CLIENT, TLS_UNEXPECTED_MESSAGE);
	}
	assert_true(run_changed(half_before, TLS_CLIENT, 4));
	pair_failed(&p, TLS_SERVER, TLS_UNEXPECTED_MESSAGE);
	for (int k = 0; k < 4; k++) {
		assert_true(run_changed(ccs_before, TLS_CLIENT, k));
		pair_failed(&p, TLS_SERVER, TLS_UNEXPECTED_MESSAGE);
	}
}

/* An extension of the victim's hello becomes one that nobody knows. */
static uint8_t hidden[5];

static void hide(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		 size_t *n)
{
	if (from != victim || pair->count++ > 0)
		return;
	for (size_t i = 0; i + sizeof hidden <= *n; i++)
		if (memcmp(b + i, hidden, sizeof hidden) == 0) {
			b[i] = 0x5a;
			return;
		}
	fail();
}

static void hide_from(enum tls_role from, const char *five)
{
	victim = from;
	memcpy(hidden, five, sizeof hidden);
}

/* Without supported_versions the server makes it 1.2, and says so. */
static void downgrade(void **state)
{
	(void)state;
	pair_init(&p);
	p.meddle = hide;
	hide_from(TLS_CLIENT, "\0\x2b\0\5\4");
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_ILLEGAL_PARAMETER);
}

/* ServerHello's lengths, of record, message and extensions (there is no session
 * id), become longer.
 */
static void lengthen(uint8_t *b, int by, bool extensions)
{
	static const uint8_t at[] = { 3, 7, 47 };

	for (size_t i = 0; i < 2 + (size_t)extensions; i++) {
		int n = (b[at[i]] << 8 | b[at[i] + 1]) + by;

		b[at[i]] = (uint8_t)(n >> 8);
		b[at[i] + 1] = (uint8_t)n;
	}
}

static void take_out(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		     size_t *n)
{
	static const uint8_t said[] = { 0xff, 1, 0, 1, 0 };

	if (from != TLS_SERVER || pair->count++ > 0)
		return;
	for (size_t i = 0; i + sizeof said <= *n; i++) {
		if (memcmp(b + i, said, sizeof said) != 0)
			continue;
		*n -= sizeof said;
		memmove(b + i, b + i + sizeof said, *n - i);
		lengthen(b, -(int)sizeof said, true);
		return;
	}
	fail();
}

/* One who does not know RFC 5746. */
static void unsafe_server(void **state)
{
	(void)state;
	begin();
	p.meddle = take_out;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_HANDSHAKE_FAILURE);
}

static void give_id(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		    size_t *n)
{
	enum { AT = 43 };

	if (from != TLS_SERVER || pair->count++ > 0)
		return;
	assert_int_equal(b[AT], 0);
	memmove(b + AT + 1 + TLS_SESSION_ID, b + AT + 1, *n - AT - 1);
	memcpy(b + AT + 1, pair->hs[TLS_CLIENT].id, TLS_SESSION_ID);
	lengthen(b, TLS_SESSION_ID, false);
	b[AT] = TLS_SESSION_ID;
	*n += TLS_SESSION_ID;
}

/* One who would resume what there has never been. */
static void invented_session(void **state)
{
	(void)state;
	pair_init(&p);
	p.conf[TLS_SERVER].most = TLS_VERSION_12;
	p.meddle = give_id;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_ILLEGAL_PARAMETER);
}

static void rename_suite(struct tls_pair *pair, enum tls_role from, uint8_t *b,
			 size_t *n)
{
	(void)n;
	if (from == TLS_SERVER && pair->count++ == 0)
		memcpy(b + 44, "\xc0\x2f", 2);
}

/* A suite that says RSA, and a certificate of another kind. */
static void suite_of_another_key(void **state)
{
	(void)state;
	begin();
	p.meddle = rename_suite;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_ILLEGAL_PARAMETER);
}

/* Whoever takes extended_master_secret away is noticed. */
static void master_taken_away(void **state)
{
	(void)state;
	begin();
	p.meddle = hide;
	hide_from(TLS_CLIENT, "\0\x17\0\0\xff");
	pair_run(&p);
	pair_failed(&p, TLS_SERVER, TLS_DECRYPT_ERROR);
}

/* A client that does not offer it: as if it had said so itself. */
static void hide_and_forget(struct tls_pair *pair, enum tls_role from,
			    uint8_t *b, size_t *n)
{
	bool first = from == victim && pair->count == 0;
	struct transcript *script = &pair->hs[TLS_CLIENT].script;

	hide(pair, from, b, n);
	if (!first)
		return;
	transcript_start(script);
	transcript_add(script, (struct bytes){ b + 5, *n - 5 });
}

/* It works, and there is no exporter. */
static void no_master(void **state)
{
	uint8_t out[32];

	(void)state;
	begin();
	p.meddle = hide_and_forget;
	hide_from(TLS_CLIENT, "\0\x17\0\0\xff");
	pair_run(&p);
	assert_true(pair_open(&p));
	pair_talk(&p);
	assert_false(tls_export(client(), "EXPORTER-nat-login", BYTES(""),
				SPAN(out)));
	assert_false(tls_export(server(), "EXPORTER-nat-login", BYTES(""),
				SPAN(out)));
}

/* A server may ask for what goes on already (RFC 5246 7.4.1.1): before its hello,
 * and when it has said all.
 */
static void ask_again(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		      size_t *n)
{
	static const uint8_t request[] = { 22, 3, 3, 0, 4, 0, 0, 0, 0 };
	static const uint8_t done[] = { TLS_SERVER_HELLO_DONE, 0, 0, 0 };

	if (from == TLS_CLIENT || *n < TLS_RECORD_HEAD + sizeof done)
		return;
	if (memcmp(b + *n - sizeof done, done, sizeof done) == 0) {
		memcpy(b + *n, request, sizeof request);
		*n += sizeof request;
		pair->count++;
	}
	if (b[0] == TLS_HANDSHAKE && b[TLS_RECORD_HEAD] == TLS_SERVER_HELLO) {
		memmove(b + sizeof request, b, *n);
		memcpy(b, request, sizeof request);
		*n += sizeof request;
		pair->count++;
	}
}

static void asked_again(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		begin();
		if (i % 2)
			p.conf[TLS_CLIENT].most = TLS_VERSION_13;
		if (i / 2)
			p.conf[TLS_SERVER].ask = TLS_ASK_IF_ANY;
		p.meddle = ask_again;
		pair_run(&p);
		assert_int_equal(p.count, 2);
		assert_true(pair_open(&p));
		p.meddle = NULL;
		pair_talk(&p);
	}
	begin();
	p.conf[TLS_CLIENT].least = p.conf[TLS_CLIENT].most = TLS_VERSION_13;
	p.conf[TLS_SERVER].most = TLS_VERSION_13;
	p.meddle = ask_again;
	pair_run(&p);
	pair_failed(&p, TLS_CLIENT, TLS_UNEXPECTED_MESSAGE);
}

/* ---- once it is open ---- */

/* A key of AES seals 2^24 records, and then the connection ends in words. */
static void worn_keys(void **state)
{
	enum { MOST = 1 << 24 };

	(void)state;
	for (size_t i = 0; i < 2 * TLS_SUITES; i++) {
		const struct tls_suite *s = &tls_suites[i / 2];
		enum tls_role who = i % 2 ? TLS_SERVER : TLS_CLIENT;

		if (s->version != TLS_VERSION_12)
			continue;
		begin();
		p.conf[TLS_CLIENT].suites = (uint32_t)1 << i / 2;
		p.conf[TLS_SERVER].ids =
			s->auth == TLS_AUTH_RSA ? &pair_rsa : &pair_ec;
		pair_run(&p);
		p.ends[who].out.seq = p.ends[!who].in.seq = MOST - 2;
		pair_say(&p, who, 100);
		pair_go_on(&p);
		assert_true(pair_open(&p));
		pair_say(&p, who, 100);
		pair_go_on(&p);
		assert_int_equal(p.heard[!who].n, 200);
		if (s->aead == &aead_chacha20_poly1305)
			assert_true(pair_open(&p));
		else
			pair_failed(&p, who, TLS_INTERNAL_ERROR);
	}
}

static void say_record(enum tls_role from, uint8_t type, struct bytes text)
{
	static uint8_t record[TLS_RECORD_MOST];
	struct tls *t = &p.ends[from];
	struct pair_wire *to = &p.to[!from];
	size_t n;

	memcpy(record + record_front(t->suite, &t->out), text.p, text.n);
	n = record_seal(record, text.n, type, t->suite, &t->out);
	memcpy(to->b + to->n, record, n);
	to->n += n;
}

/* A server's wish for one is passed over, a client's declined; data goes on. */
static void no_second_handshake(void **state)
{
	static uint8_t hello[600] = { TLS_CLIENT_HELLO, 0, 2, 84, 3, 3 };

	(void)state;
	begin();
	pair_run(&p);
	say_record(TLS_SERVER, TLS_HANDSHAKE, BYTES("\0\0\0\0"));
	pair_go_on(&p);
	pair_talk(&p);
	p.meddle = meddle;
	p.count = -1;
	records[TLS_SERVER] = 0;
	say_record(TLS_CLIENT, TLS_HANDSHAKE,
		   (struct bytes){ hello, sizeof hello });
	pair_go_on(&p);
	assert_int_equal(records[TLS_SERVER], 1);
	p.meddle = NULL;
	pair_talk(&p);
	for (size_t at = 0; at < sizeof hello; at += 100)
		say_record(TLS_CLIENT, TLS_HANDSHAKE,
			   (struct bytes){ hello + at, 100 });
	pair_talk(&p);
}

/* Messages of a handshake, and the ChangeCipherSpec, when it is over. */
static void out_of_place(void **state)
{
	static const struct {
		uint8_t type;
		struct bytes text;
	} rows[] = {
		{ TLS_CHANGE_CIPHER_SPEC, { (const uint8_t *)"\1", 1 } },
		{ TLS_HANDSHAKE, { (const uint8_t *)"\x14\0\0\0", 4 } },
		{ TLS_HANDSHAKE, { (const uint8_t *)"\x18\0\0\1\1", 5 } },
		{ TLS_HANDSHAKE, { (const uint8_t *)"\4\0\0\6\0\0", 6 } },
		{ TLS_HANDSHAKE, { (const uint8_t *)"\2\0\0\2\3\3", 6 } },
	};

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		enum tls_role from = i % 2 ? TLS_SERVER : TLS_CLIENT;

		begin();
		pair_run(&p);
		say_record(from, rows[i / 2].type, rows[i / 2].text);
		pair_go_on(&p);
		pair_failed(&p, !from, TLS_UNEXPECTED_MESSAGE);
	}
}

/* Neither says more in a record than the other takes; 0: all. */
static void record_limits(void **state)
{
	static const uint16_t limits[] = { 64, 100, 512, 0 };

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(limits); i++) {
		enum tls_role who = i % 2 ? TLS_SERVER : TLS_CLIENT;
		uint16_t n = limits[i / 2];
		uint8_t room[TLS_RECORD_MOST];

		begin();
		p.conf[who].record = n;
		pair_run(&p);
		assert_true(pair_open(&p));
		assert_int_equal(tls_room(&p.ends[!who], SPAN(room)).n,
				 n ? n : TLS_RECORD_TEXT);
		assert_int_equal(tls_room(&p.ends[who], SPAN(room)).n,
				 TLS_RECORD_TEXT);
		pair_talk(&p);
		if (n == 0)
			continue;
		say_record(!who, TLS_DATA,
			   (struct bytes){ room, (size_t)n + 1 });
		pair_go_on(&p);
		pair_failed(&p, who, TLS_RECORD_OVERFLOW);
	}
}

/* At every byte of what either side has to say. */
static size_t left[2];

static void cut_off(struct tls_pair *pair, enum tls_role from, uint8_t *b,
		    size_t *n)
{
	(void)pair;
	(void)b;
	*n = min_size(*n, left[from]);
	left[from] -= *n;
}

static void truncated(void **state)
{
	(void)state;
	for (size_t n = 0; n < 1200; n += n < 200 ? 13 : 41) {
		for (int i = 0; i < 2; i++) {
			begin();
			left[i] = n;
			left[!i] = SIZE_MAX;
			p.meddle = cut_off;
			p.cut = n % 2 ? 7 : 0;
			pair_run(&p);
			if (left[i] > 0)
				continue;
			assert_false(pair_open(&p));
			tls_cut(client());
			tls_cut(server());
			assert_true(client()->err < 0 && server()->err < 0);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_and_groups),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(versions),
		cmocka_unit_test(names_and_protocols),
		cmocka_unit_test(nothing_in_common),
		cmocka_unit_test(server_certificates),
		cmocka_unit_test(pins),
		cmocka_unit_test(client_certificates),
		cmocka_unit_test(stolen_certificates),
		cmocka_unit_test(order),
		cmocka_unit_test(early_ccs),
		cmocka_unit_test(downgrade),
		cmocka_unit_test(suite_of_another_key),
		cmocka_unit_test(unsafe_server),
		cmocka_unit_test(invented_session),
		cmocka_unit_test(master_taken_away),
		cmocka_unit_test(no_master),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(worn_keys),
		cmocka_unit_test(no_second_handshake),
		cmocka_unit_test(out_of_place),
		cmocka_unit_test(record_limits),
		cmocka_unit_test(truncated),
	};

	return cmocka_run_group_tests(tests, pair_setup, NULL);
}
