#include "unit.h"
#include "certs.h"
#include "dtls_pair.h"
#include "wire/tls/hello.h"
#include "wire/tls/proto.h"

static struct dtls_pair p;
static struct made rsa_made;
static struct key rsa_key;
static struct tls_identity rsa = { &rsa_key, &rsa_made.cert, 1 };
static struct dtls *const client = &p.ends[TLS_CLIENT];
static struct dtls *const server = &p.ends[TLS_SERVER];

static int setup(void **state)
{
	static const struct wish wish = { "rsa",   "rsa",    DAYS,
					  DIGITAL, &rsa_key, &rsa_key };

	(void)state;
	certs_rsa(&rsa_key);
	return certs_make(&rsa_made, &wish);
}

static void begin(void)
{
	dpair_init(&p, 1);
}

static void run(void)
{
	dpair_run(&p, 40000);
	if (client->err || server->err)
		print_message("client: %s, server: %s\n",
			      client->why ? client->why : "good",
			      server->why ? server->why : "good");
	assert_true(dpair_open(&p));
}

static void failed(enum tls_role by, enum tls_alert alert)
{
	dpair_run(&p, 40000);
	assert_true(p.ends[by].err < 0 && p.ends[!by].err < 0);
	assert_non_null(p.ends[by].why);
	assert_non_null(p.ends[!by].why);
	assert_int_equal(p.ends[by].alert, alert);
	assert_int_equal(p.ends[!by].alert, alert);
	assert_null(p.ends[by].hs);
	assert_null(p.ends[!by].hs);
	assert_int_equal(dtls_due(&p.ends[by]), DTLS_NEVER);
}

static void talk(void)
{
	p.heard[0] = p.heard[1] = 0;
	for (unsigned i = 0; i < 20; i++)
		dpair_say(&p, (enum tls_role)(i % 2), i);
	dpair_go_on(&p, 2000);
	assert_int_equal(p.heard[TLS_SERVER], 0x55555);
	assert_int_equal(p.heard[TLS_CLIENT], 0xaaaaa);
	assert_int_equal(p.copies, 0);
}

/* ---- what goes well ---- */

/* Every suite of TLS 1.2, each group, kinds of certificate, with cookies and
 * without; two round trips, three with a cookie.
 */
static void test_suites(void **state)
{
	(void)state;
	for (size_t i = 0; i < 6 * 8; i++) {
		size_t suite = 3 + i / 8;
		bool of_rsa = tls_suites[suite].auth == TLS_AUTH_RSA;

		begin();
		p.road.delay = 30;
		p.ask[0].rtt_ms = p.ask[1].rtt_ms = 60;
		p.conf[i % 2].suites = 1U << suite;
		p.conf[i / 2 % 2].groups = 1U << i / 4 % 2;
		p.ask[TLS_SERVER].verify = i / 2 % 2;
		if (of_rsa)
			dpair_show(&p, TLS_SERVER, &rsa);
		if (i % 3)
			dpair_show(&p, TLS_CLIENT, &rsa);
		run();
		assert_int_equal(client->in.suite->id, tls_suites[suite].id);
		assert_int_equal(client->group,
				 i / 4 % 2 ? TLS_P256 : TLS_X25519);
		assert_int_equal(server->group, client->group);
		assert_int_equal(p.opened[TLS_CLIENT] - 1000,
				 120 + 60 * (i / 2 % 2));
		talk();
	}
}

/* With certificates of P-256 a flight is a datagram. */
static void test_datagrams(void **state)
{
	(void)state;
	begin();
	run();
	assert_int_equal(p.sent[TLS_CLIENT], 2);
	assert_int_equal(p.sent[TLS_SERVER], 2);
	assert_true(sizeof *client <= 1200);
}

static void test_prefers(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin();
		p.conf[i].no_aes = true;
		run();
		assert_int_equal(client->in.suite->id,
				 i == TLS_SERVER ? 0xcca9 : 0xc02b);
	}
}

/* Any of several fingerprints, by any of three hashes. */
static void test_fingerprints(void **state)
{
	const struct hash_alg *algs[] = { &hash_sha256, &hash_sha384,
					  &hash_sha512 };
	struct bytes der = dpair_self[TLS_SERVER].cert.der;
	struct fingerprint list[2];

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		begin();
		fingerprint_make(&list[0], algs[0], BYTES("another"));
		fingerprint_make(&list[1], algs[i], der);
		dpair_start(&p);
		dtls_believe(client, list, 2);
		dpair_go_on(&p, 5000);
		assert_true(dpair_open(&p));
	}
}

/* Either side may hear before it knows whom to believe, for as long as it takes. */
static void test_told_late(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin();
		p.road.delay = 10;
		dpair_start(&p);
		dtls_believe(&p.ends[i], NULL, 0);
		dpair_go_on(&p, 3000);
		assert_false(p.ends[i].open);
		assert_int_equal(p.ends[i].err, 0);
		dtls_believe(&p.ends[i], &p.known[i], 1);
		p.now += 5000;
		dpair_tell(&p, (enum tls_role)i, (struct span){ NULL, 0 });
		dpair_go_on(&p, 2000);
		assert_true(dpair_open(&p));
		talk();
	}
}

static void test_export(void **state)
{
	uint8_t a[32], b[32], c[32];
	struct bytes context = BYTES("x"), none = { NULL, 0 };

	(void)state;
	begin();
	dpair_start(&p);
	assert_false(dtls_export(client, "EXPORTER-a", none, SPAN(a)));
	dpair_go_on(&p, 1000);
	assert_true(dtls_export(client, "EXPORTER-a", none, SPAN(a)));
	assert_true(dtls_export(server, "EXPORTER-a", none, SPAN(b)));
	assert_true(dtls_export(server, "EXPORTER-a", context, SPAN(c)));
	assert_memory_equal(a, b, sizeof a);
	assert_memory_not_equal(a, c, sizeof a);
	server->bound = false;
	assert_false(dtls_export(server, "EXPORTER-a", none, SPAN(b)));
}

static void test_close(void **state)
{
	uint8_t room[64];

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct dtls *d = &p.ends[i % 2], *other = &p.ends[1 - i % 2];

		begin();
		if (i < 2)
			run();
		else
			dpair_start(&p);
		dtls_close(d);
		dtls_close(d);
		dpair_tell(&p, (enum tls_role)(i % 2),
			   (struct span){ NULL, 0 });
		dpair_go_on(&p, 1000);
		assert_int_equal(d->err, -NAT_ECLOSED);
		assert_int_equal(other->err, -NAT_ECLOSED);
		assert_true(other->ended);
		assert_null(d->hs);
		assert_null(dtls_room(d, SPAN(room)).p);
		assert_null(dtls_room(other, SPAN(room)).p);
		assert_int_equal(dtls_output(other, SPAN(room), p.now), 0);
	}
}

/* Room before, between and behind; what does not fit is nothing. */
static void test_room(void **state)
{
	uint8_t room[100];

	(void)state;
	begin();
	run();
	assert_null(dtls_room(client, (struct span){ room, 37 }).p);
	assert_int_equal(dtls_room(client, (struct span){ room, 38 }).n, 1);
	assert_int_equal(dtls_room(client, SPAN(room)).n, 63);
	assert_true(DTLS_OVERHEAD == 37);
	dtls_stop(client);
	assert_null(dtls_room(client, SPAN(room)).p);
}

/* Many records in a datagram; texts that are empty. */
static void test_packed(void **state)
{
	uint8_t room[512];
	size_t n = 0;
	struct span in, text;

	(void)state;
	begin();
	run();
	for (uint8_t i = 0; i < 5; i++) {
		struct span out = { room + n, sizeof room - n };

		memset(dtls_room(client, out).p, i, i);
		n += dtls_seal(client, out, i);
	}
	in = (struct span){ room, n };
	for (size_t i = 0; i < 5; i++) {
		text = dtls_input(server, &in, p.now);
		assert_non_null(text.p);
		assert_int_equal(text.n, i);
	}
	assert_null(dtls_input(server, &in, p.now).p);
}

/* ---- what goes wrong ---- */

static void test_strangers(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		begin();
		p.known[i].digest[5] ^= 1;
		failed((enum tls_role)i, TLS_BAD_CERTIFICATE);
		assert_int_equal(p.ends[i].err, -NAT_ECERT);
		/* A client hears of it unsealed and believes it a second later. */
		assert_in_range(p.over[!i] - 1000, 0, i ? 1000 : 0);
	}
}

static void test_nothing_shown(void **state)
{
	(void)state;
	begin();
	p.conf[TLS_CLIENT].ids_n = 0;
	failed(TLS_SERVER, TLS_HANDSHAKE_FAILURE);
	begin();
	p.conf[TLS_SERVER].ids_n = 0;
	failed(TLS_SERVER, TLS_HANDSHAKE_FAILURE);
}

static void test_nothing_in_common(void **state)
{
	(void)state;
	begin();
	p.conf[TLS_CLIENT].suites = 1 << 3;
	p.conf[TLS_SERVER].suites = 1 << 5;
	failed(TLS_SERVER, TLS_HANDSHAKE_FAILURE);
	begin();
	p.conf[TLS_CLIENT].groups = 1;
	p.conf[TLS_SERVER].groups = 2;
	failed(TLS_SERVER, TLS_HANDSHAKE_FAILURE);
}

static bool swallow(struct dtls_pair *now, struct dpair_letter *l)
{
	(void)l;
	return now->count > 0 && now->count-- > 0;
}

/* Nobody answers: it ends, and says so. One who never heard anything waits. */
static void test_silence(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		begin();
		p.meddle = swallow;
		p.count = i;
		dpair_run(&p, 100000);
		assert_int_equal(client->err, -NAT_ETIMEOUT);
		assert_int_equal(server->err, i ? -NAT_ETIMEOUT : 0);
		assert_int_equal(p.over[TLS_CLIENT] - 1000, HANDSHAKE_PATIENCE);
		assert_true(p.sent[0] + p.sent[1] < 100);
	}
}

/* The first wait is of the path, if that is known before anything is said. */
static void test_path(void **state)
{
	uint8_t room[1500];

	(void)state;
	begin();
	dpair_start(&p);
	dtls_path(client, 300);
	assert_true(dtls_output(client, SPAN(room), p.now) > 0);
	assert_int_equal(dtls_due(client), p.now + 600);
	dtls_path(client, 10);
	assert_int_equal(dtls_due(client), p.now + 600);
	dtls_stop(client);
	dtls_path(client, 10);
}

/* A server never pursues one who has not sent its cookie back. */
static void test_cookie_once(void **state)
{
	(void)state;
	begin();
	p.ask[TLS_SERVER].verify = true;
	p.meddle = swallow;
	p.count = 1;
	dpair_run(&p, 100000);
	assert_int_equal(p.sent[TLS_SERVER], 2); /* and its last word */
}

static bool keep_first(struct dtls_pair *now, struct dpair_letter *l)
{
	static struct dpair_letter first;

	if (l->to == TLS_SERVER && now->count++ == 0)
		first = *l;
	if (l->to == TLS_SERVER && now->count == 3)
		*l = first;
	return true;
}

/* What is replayed moves nothing, before and behind. */
static void test_replayed(void **state)
{
	uint8_t room[64], copy[64];
	struct span in;
	size_t n;

	(void)state;
	begin();
	p.meddle = keep_first;
	run();
	memset(dtls_room(client, SPAN(room)).p, 3, 2);
	n = dtls_seal(client, SPAN(room), 2);
	memcpy(copy, room, n);
	in = (struct span){ room, n };
	assert_int_equal(dtls_input(server, &in, p.now).n, 2);
	in = (struct span){ copy, n };
	assert_null(dtls_input(server, &in, p.now).p);
	assert_int_equal(server->false_ones, 0);
}

/* A change of any byte of a record of data: it is nothing. */
static void test_forged(void **state)
{
	uint8_t room[64], copy[64];
	size_t n;

	(void)state;
	begin();
	run();
	memset(dtls_room(client, SPAN(room)).p, 3, 2);
	n = dtls_seal(client, SPAN(room), 2);
	for (size_t i = 0; i < n; i++) {
		struct span in = { copy, n };

		memcpy(copy, room, n);
		copy[i] ^= 0x40;
		assert_null(dtls_input(server, &in, p.now).p);
	}
	for (size_t i = 0; i < n; i++) {
		struct guard g;
		struct bytes b = guard_bytes(&g, (struct bytes){ room, i });
		struct span in = { g.mem + (b.p - g.mem), i };

		assert_null(dtls_input(server, &in, p.now).p);
		guard_free(&g);
	}
	assert_true(dpair_open(&p));
	talk();
}

static size_t put_record(uint8_t *to, uint8_t type, uint64_t seq,
			 const char *hex)
{
	size_t n = unit_hex((struct span){ to + EPOCH_HEAD, 64 }, hex).n;
	struct epoch plain = { .seq = seq };

	epoch_seal(&plain, to, n, type);
	return EPOCH_HEAD + n;
}

/* An alert that anybody could have sent ends nothing that has keys. */
static void test_forged_alerts(void **state)
{
	uint8_t room[128];
	struct span in = { room, 0 };

	(void)state;
	begin();
	run();
	in.n = put_record(room, TLS_ALERT, 9, "0228");
	dpair_tell(&p, TLS_CLIENT, in);
	in.n = put_record(room, TLS_ALERT, 9, "0100");
	dpair_tell(&p, TLS_SERVER, in);
	assert_true(dpair_open(&p));
	begin();
	p.road.delay = 100;
	dpair_start(&p);
	dpair_go_on(&p, 310);
	assert_true(client->in.suite && !client->open);
	in.n = put_record(room, TLS_ALERT, 9, "0228");
	dpair_tell(&p, TLS_CLIENT, in);
	dpair_go_on(&p, 2000);
	assert_true(dpair_open(&p));
}

/* A Finished in clear is none of the handshake's. */
static void test_forged_finished(void **state)
{
	uint8_t room[64] = { 0 };
	struct epoch plain = { .seq = 9 };
	size_t n;

	(void)state;
	begin();
	p.road.delay = 100;
	dpair_start(&p);
	dpair_go_on(&p, 310);
	gather_head(room + EPOCH_HEAD, TLS_FINISHED,
		    p.hs[TLS_CLIENT].gather.next, KEYS12_FINISHED);
	n = epoch_seal(&plain, room, GATHER_HEAD + KEYS12_FINISHED,
		       TLS_HANDSHAKE);
	dpair_tell(&p, TLS_CLIENT, (struct span){ room, n });
	assert_int_equal(client->err, 0);
	dpair_go_on(&p, 2000);
	assert_true(dpair_open(&p));
}

/* Neither side handshakes again: a warning, and it goes on (RFC 5746). */
static void test_renegotiation(void **state)
{
	static const uint8_t asks[] = { TLS_HELLO_REQUEST, TLS_CLIENT_HELLO };

	(void)state;
	for (int to = 0; to < 2; to++) {
		uint8_t room[64] = { 0 };
		struct dtls *from = &p.ends[!to];
		size_t front, n;

		begin();
		run();
		front = epoch_front(&from->out);
		gather_head(room + front, asks[to], 9, 0);
		n = epoch_seal(&from->out, room, GATHER_HEAD, TLS_HANDSHAKE);
		n = (dpair_tell(&p, (enum tls_role)to,
				(struct span){ room, n }),
		     p.queued);
		assert_int_equal(n, 1);
		dpair_go_on(&p, 1000);
		assert_true(dpair_open(&p));
		talk();
	}
}

/* ---- hellos of browsers ---- */

/* Of 1.2, without extensions. */
static struct hello bare_hello(struct bytes suites)
{
	static const uint8_t random[TLS_RANDOM] = { 1 };

	return (struct hello){ .where = HELLO_CLIENT,
			       .version = EPOCH_DTLS12,
			       .random = random,
			       .cookie = BYTES(""),
			       .suites = suites };
}

/* As Chromium and Firefox say it: both versions, a share of ML-KEM that fills a
 * datagram; with a head as if it went whole.
 */
static struct bytes browser_hello(struct span room, const char *versions,
				  struct bytes srtp)
{
	static uint8_t kem[1216], both[1260];
	uint8_t hex[16];
	struct pack keys = pack_to(SPAN(both));
	struct pack body = pack_to(
		(struct span){ room.p + GATHER_HEAD, room.n - GATHER_HEAD });
	struct hello h = bare_hello(BYTES("\x13\x01\xc0\x2b\xc0\x2f"));

	pack_u16(&keys, 0x11ec);
	pack_vector(&keys, bytes_in(SPAN(kem)), 2);
	pack_u16(&keys, TLS_X25519);
	pack_vector(&keys, (struct bytes){ kem, 32 }, 2);
	h.ext[HELLO_VERSIONS] = unit_hex(SPAN(hex), versions);
	h.ext[HELLO_GROUPS] = BYTES("\x11\xec\0\x1d\0\x17");
	h.ext[HELLO_SHARES] = pack_done(&keys);
	h.ext[HELLO_SCHEMES] = BYTES("\4\3\x08\4\4\1");
	h.ext[HELLO_MASTER] = BYTES("");
	h.ext[HELLO_RECORD] = BYTES("\x40\1");
	h.ext[HELLO_SRTP] = srtp;
	hello_write(&body, &h);
	gather_head(room.p, TLS_CLIENT_HELLO, 0, body.n);
	return (struct bytes){ room.p, GATHER_HEAD + body.n };
}

static const struct bytes no_srtp = { NULL, 0 };

/* Bytes at to at + n of what is behind the head, as a datagram to the server. */
static void tell_piece(struct bytes message, size_t at, size_t n)
{
	uint8_t room[1500];
	struct epoch plain = { .seq = at };

	memcpy(room + EPOCH_HEAD, message.p, GATHER_HEAD);
	gather_cut(room + EPOCH_HEAD, at, n);
	memcpy(room + EPOCH_HEAD + GATHER_HEAD, message.p + GATHER_HEAD + at,
	       n);
	n = epoch_seal(&plain, room, GATHER_HEAD + n, TLS_HANDSHAKE);
	dpair_tell(&p, TLS_SERVER, (struct span){ room, n });
}

/* In two datagrams, cut anywhere, either first. */
static void test_browser(void **state)
{
	uint8_t room[1500];
	struct bytes hello = browser_hello(SPAN(room), "fefcfefd0303", no_srtp);
	size_t n = hello.n - GATHER_HEAD;

	(void)state;
	assert_in_range(n, 1300, 1450);
	for (size_t at = 100; at < n; at += 200) {
		bool back = at % 400 == 100;

		begin();
		dpair_start(&p);
		tell_piece(hello, back ? at : 0, back ? n - at : at);
		assert_int_equal(p.sent[TLS_SERVER], 0);
		tell_piece(hello, back ? 0 : at, back ? at : n - at);
		assert_int_equal(p.sent[TLS_SERVER], 1);
		assert_int_equal(server->err, 0);
		assert_int_equal(p.hs[TLS_SERVER].tls.suite->id, 0xc02b);
		assert_int_equal(p.queue[0].b[EPOCH_HEAD], TLS_SERVER_HELLO);
	}
}

static void test_only_13(void **state)
{
	uint8_t room[1500];
	struct bytes hello = browser_hello(SPAN(room), "fefc0303", no_srtp);

	(void)state;
	begin();
	dpair_start(&p);
	tell_piece(hello, 0, hello.n - GATHER_HEAD);
	assert_int_equal(server->err, -NAT_EPROTO);
	assert_int_equal(server->alert, TLS_PROTOCOL_VERSION);
}

static bool holds(struct bytes b, struct bytes what)
{
	for (size_t i = 0; i + what.n <= b.n; i++)
		if (memcmp(b.p + i, what.p, what.n) == 0)
			return true;
	return false;
}

static bool counts_srtp(struct dtls_pair *pair, struct dpair_letter *l)
{
	struct bytes asks = BYTES("\0\x0e\0\7\0\4\0\7\0\1\0"),
		     answers = BYTES("\0\x0e\0\5\0\2\0\1\0");

	pair->count += holds((struct bytes){ l->b, l->n },
			     l->to == TLS_SERVER ? asks : answers);
	return true;
}

/* The body of the message at the front of a datagram, which is not cut. */
static struct bytes front_body(const uint8_t *b, uint8_t type)
{
	struct cur c = cur_of((struct bytes){ b + EPOCH_HEAD, DPAIR_MTU });

	assert_int_equal(b[0], TLS_HANDSHAKE);
	assert_int_equal(cur_u8(&c), type);
	cur_bytes(&c, GATHER_HEAD - 4);
	return cur_bytes(&c, cur_u24(&c));
}

/* What we say first: whole, of 1.0 outside, and nothing that anybody stumbles over. */
static void test_our_hello(void **state)
{
	static const uint16_t schemes[] = { 0x403, 0x804, 0x401, 0x503 };
	uint8_t room[1500];
	struct hello h;

	(void)state;
	begin();
	dpair_start(&p);
	assert_true(dtls_output(client, SPAN(room), p.now) > 0);
	assert_int_equal(room[1] << 8 | room[2], 0xfeff);
	assert_int_equal(
		hello_read_datagram(&h, front_body(room, TLS_CLIENT_HELLO)), 0);
	assert_int_equal(h.version, 0xfefd);
	assert_int_equal(h.id.n + h.cookie.n, 0);
	assert_bytes_equal(h.compressions, BYTES("\0"));
	assert_true(h.suites.n >= 8);
	assert_bytes_equal(bytes_head(h.suites, 2), BYTES("\xc0\x2b"));
	assert_true(hello_lists(h.suites, 0xcca9));
	assert_true(hello_lists(h.suites, 0xc02f));
	assert_true(hello_lists(h.suites, 0xcca8));
	assert_bytes_equal(h.ext[HELLO_GROUPS], BYTES("\0\x1d\0\x17"));
	assert_bytes_equal(h.ext[HELLO_POINTS], BYTES("\0"));
	for (size_t i = 0; i < COUNT(schemes); i++)
		assert_true(hello_lists(h.ext[HELLO_SCHEMES], schemes[i]));
	assert_true(hello_has(&h, HELLO_MASTER));
	assert_true(hello_has(&h, HELLO_RENEGOTIATION) ||
		    hello_lists(h.suites, 0x00ff));
	assert_false(hello_has(&h, HELLO_PSK) || hello_has(&h, HELLO_NAME));
	assert_int_equal(dtls_output(client, SPAN(room), p.now), 0);
}

/* A hello of 1.2 alone, with those suites and extensions as numbers and bits. */
static struct bytes plain_hello(struct span room, struct bytes suites,
				uint32_t with)
{
	struct pack body = pack_to(
		(struct span){ room.p + GATHER_HEAD, room.n - GATHER_HEAD });
	struct hello h = bare_hello(suites);

	h.ext[HELLO_SCHEMES] = BYTES("\4\3\x08\4\4\1");
	if (with >> HELLO_MASTER & 1)
		h.ext[HELLO_MASTER] = BYTES("");
	if (with >> HELLO_RENEGOTIATION & 1)
		h.ext[HELLO_RENEGOTIATION] = BYTES("");
	if (with >> HELLO_POINTS & 1)
		h.ext[HELLO_POINTS] = BYTES("\0");
	hello_write(&body, &h);
	gather_head(room.p, TLS_CLIENT_HELLO, 0, body.n);
	return (struct bytes){ room.p, GATHER_HEAD + body.n };
}

/* Answered is what was offered, and nothing else: that of RFC 5746 if either way of
 * saying so was. There is no word of a downgrade: we know no later version.
 */
static void test_our_answer(void **state)
{
	enum {
		EMS = 1 << HELLO_MASTER,
		AGAIN = 1 << HELLO_RENEGOTIATION,
		POINTS = 1 << HELLO_POINTS
	};
	static const struct {
		struct bytes suites;
		uint32_t with, answered;
	} rows[] = {
		{ { (const uint8_t *)"\xc0\x2b", 2 }, 0, 0 },
		{ { (const uint8_t *)"\xc0\x2b\0\xff", 4 }, 0, AGAIN },
		{ { (const uint8_t *)"\xc0\x2b", 2 }, AGAIN, AGAIN },
		{ { (const uint8_t *)"\xc0\x2b", 2 }, EMS, EMS },
		{ { (const uint8_t *)"\xc0\x2b", 2 },
		  EMS | AGAIN | POINTS,
		  EMS | AGAIN | POINTS },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[1500];
		struct bytes hello =
			plain_hello(SPAN(room), rows[i].suites, rows[i].with);
		struct hello h;

		begin();
		dpair_start(&p);
		tell_piece(hello, 0, hello.n - GATHER_HEAD);
		assert_int_equal(server->err, 0);
		assert_int_equal(hello_read_server(&h,
						   front_body(p.queue[0].b,
							      TLS_SERVER_HELLO),
						   UINT32_MAX),
				 0);
		assert_int_equal(hello_set(&h), rows[i].answered);
		assert_int_equal(h.version, 0xfefd);
		assert_int_equal(h.id.n, 0);
		assert_memory_not_equal(h.random + TLS_RANDOM - 8, "DOWNGRD",
					7);
	}
}

/* All messages in clear at the front of a datagram in one record, as OpenSSL has it. */
static bool merge(struct dtls_pair *now, struct dpair_letter *l)
{
	struct span in = { l->b, l->n };
	uint8_t room[DPAIR_MTU];
	struct epoch plain = { .seq = now->count };
	struct epoch_record r;
	size_t n = 0, behind = 0, all;

	while (in.n > 0 && epoch_next(&r, &in) && r.epoch == 0 &&
	       r.type == TLS_HANDSHAKE) {
		memcpy(room + EPOCH_HEAD + n, r.all.p + EPOCH_HEAD,
		       r.all.n - EPOCH_HEAD);
		n += r.all.n - EPOCH_HEAD;
		behind += r.all.n;
	}
	if (n == 0)
		return true;
	now->count++;
	all = epoch_seal(&plain, room, n, TLS_HANDSHAKE);
	memcpy(room + all, l->b + behind, l->n - behind);
	l->n = all + l->n - behind;
	memcpy(l->b, room, l->n);
	return true;
}

static void test_one_record(void **state)
{
	(void)state;
	begin();
	p.meddle = merge;
	run();
	assert_int_equal(p.count, 3);
	assert_int_equal(p.sent[TLS_CLIENT] + p.sent[TLS_SERVER], 4);
	talk();
}

/* Who asks for SRTP, as WebRTC's stacks do, is answered by the profile that all
 * have; pion takes no other end for one. Our own hello asks too.
 */
static void test_srtp(void **state)
{
	static const struct {
		struct bytes offer;
		bool answered;
	} rows[] = {
		{ { (const uint8_t *)"\0\4\0\x8\0\1", 7 }, true },
		{ { (const uint8_t *)"\0\2\0\1\4mki", 8 }, true },
		{ { (const uint8_t *)"\0\2\0\x8", 5 }, false },
		{ { (const uint8_t *)"\0\x9\0\1", 5 }, false },
		{ { NULL, 0 }, false },
	};
	struct bytes said, answer = BYTES("\0\x0e\0\5\0\2\0\1\0");

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[1500];
		struct bytes hello = browser_hello(SPAN(room), "fefcfefd0303",
						   rows[i].offer);

		begin();
		dpair_start(&p);
		tell_piece(hello, 0, hello.n - GATHER_HEAD);
		assert_int_equal(server->err, 0);
		said = (struct bytes){ p.queue[0].b, p.queue[0].n };
		assert_int_equal(holds(said, answer), rows[i].answered);
	}
	begin();
	dpair_start(&p);
	p.meddle = counts_srtp;
	dpair_run(&p, 1000);
	assert_true(dpair_open(&p));
	assert_int_equal(p.count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_srtp),
		cmocka_unit_test(test_our_hello),
		cmocka_unit_test(test_our_answer),
		cmocka_unit_test(test_one_record),
		cmocka_unit_test(test_suites),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_prefers),
		cmocka_unit_test(test_fingerprints),
		cmocka_unit_test(test_told_late),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_packed),
		cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_nothing_shown),
		cmocka_unit_test(test_nothing_in_common),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_path),
		cmocka_unit_test(test_cookie_once),
		cmocka_unit_test(test_replayed),
		cmocka_unit_test(test_forged),
		cmocka_unit_test(test_forged_alerts),
		cmocka_unit_test(test_forged_finished),
		cmocka_unit_test(test_renegotiation),
		cmocka_unit_test(test_browser),
		cmocka_unit_test(test_only_13),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
