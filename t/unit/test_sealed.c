/* Two ends that speak TLS over sockets, and a wire between that may part what goes
 * by as it likes.
 */
#include "parties.h"
#include "tls_pair.h"
#include "net/framed.h"
#include "net/sealed.h"

enum { LINES = 8 };

static const struct net_limits limits = { .memory = 2 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };

static struct rig rig;
static struct tls_pair pair; /* for its identities and settings */

struct end {
	struct seals seals;
	struct sealed lines[LINES];
	struct sealed_kind kind;
	struct tcp tcp;
	struct waker waker;
	unsigned told;
};

static struct end client, server;
static struct tls_session session;

static void wake(struct waker *w, unsigned what)
{
	container_of(w, struct end, waker)->told |= what;
	rig.loop.quit = true;
}

/* ---- the wire: from a socket to another, both ways ---- */

static struct {
	int fd[2]; /* the far ends; -1: the ends are joined without us */
	int piece; /* bytes of a turn, at most */
	long left; /* until it is cut; -1: never */
	struct soon soon;
} wire;

static void carry(int from, int to)
{
	uint8_t b[4096];
	size_t most = min_size((size_t)wire.piece, sizeof b);
	long n;

	if (wire.left >= 0)
		most = min_size(most, (size_t)wire.left);
	n = most ? sock_recv(from, (struct span){ b, most }) : 0;
	if (n > 0) {
		assert_int_equal(sock_send(to, (struct bytes){ b, (size_t)n }),
				 n);
		wire.left -= wire.left >= 0 ? n : 0;
	}
	if (n == 0)
		sock_finish(to);
}

static void carry_both(struct soon *s)
{
	carry(wire.fd[0], wire.fd[1]);
	carry(wire.fd[1], wire.fd[0]);
	soon_start(s, &rig.loop);
}

/* ---- beginning and ending ---- */

static void start_end(struct end *e, enum tls_role role)
{
	memset(e, 0, sizeof *e);
	slots_init(&e->seals.lines,
		   (struct span){ (uint8_t *)e->lines, sizeof e->lines },
		   sizeof e->lines[0], LINES);
	e->seals.pressed = SEALS_PRESSED;
	assert_int_equal(seals_start(&e->seals, &rig.net, 2), 0);
	e->kind = (struct sealed_kind){ .conf = &pair.conf[role] };
	e->waker.wake = wake;
}

/* Joined by sockets of that size, or by the wire in pieces. */
static void start(int size, int piece)
{
	int a[2], b[2];

	rig_start(&rig, &limits, 2000000);
	start_end(&client, TLS_CLIENT);
	start_end(&server, TLS_SERVER);
	client.kind.name = BYTES("a.example");
	client.kind.session = &session;
	rig_pair(a, size);
	wire.fd[0] = -1;
	wire.left = -1;
	wire.piece = piece;
	if (piece) {
		rig_pair(b, size);
		wire.fd[0] = a[1];
		wire.fd[1] = b[1];
		a[1] = b[0];
		soon_init(&wire.soon, carry_both);
		soon_start(&wire.soon, &rig.loop);
	}
	tcp_start(&client.tcp, &rig.net, a[0], &client.waker);
	tcp_start(&server.tcp, &rig.net, a[1], &server.waker);
}

static void seal(void)
{
	assert_true(sealed_start(&client.seals, &client.tcp, &client.kind));
	assert_true(sealed_start(&server.seals, &server.tcp, &server.kind));
}

static void stop(void)
{
	if (wire.fd[0] >= 0) {
		soon_stop(&wire.soon);
		sock_close(wire.fd[0], false);
		sock_close(wire.fd[1], false);
	}
	stream_stop(&client.tcp.stream, false);
	stream_stop(&client.tcp.stream, false);
	stream_stop(&server.tcp.stream, false);
	assert_int_equal(client.seals.lines.used, 0);
	assert_int_equal(server.seals.shakes.used, 0);
	seals_stop(&client.seals);
	seals_stop(&server.seals);
	rig_stop(&rig);
}

static bool run_until(unsigned what)
{
	for (int i = 0; i < 4000 && !(client.told & server.told & what); i++)
		rig_run(&rig, 20);
	return client.told & server.told & what;
}

/* ---- conversations ---- */

static void converse(const struct party_conf *c)
{
	parties_converse(&rig, &client.tcp.stream, &server.tcp.stream, c);
}

/* Of both versions, through small sockets and large: everything comes, both see
 * the end, nothing is held then. What is said before the handshake comes too.
 */
static void courses(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 40; seed++) {
		uint64_t r = seed * 0x9e3779b9;
		uint32_t most = seed % 5 ? 20000 : 300000;
		struct party_conf c = { .seed = seed,
					.say = unit_rand(&r) % most,
					.hear = unit_rand(&r) % most,
					.piece = 1 + unit_rand(&r) % 30000,
					.moody = unit_rand(&r) % 300 };

		pair.conf[TLS_SERVER].most = seed % 3 ? 0 : TLS_VERSION_12;
		start((int)(unit_rand(&r) % 30000 * (seed % 2)), 0);
		seal();
		converse(&c);
		stop();
	}
	pair.conf[TLS_SERVER].most = 0;
}

/* Every byte comes alone. */
static void bytewise(void **state)
{
	static const struct party_conf c = { .seed = 7,
					     .say = 700,
					     .hear = 900 };

	(void)state;
	for (int old = 0; old < 2; old++) {
		pair.conf[TLS_SERVER].most = old ? TLS_VERSION_12 : 0;
		start(0, 1);
		seal();
		converse(&c);
		stop();
	}
	pair.conf[TLS_SERVER].most = 0;
}

/* Room for nearly nothing: each in turn is served, and none hangs. */
static void starved(void **state)
{
	static const struct party_conf c = {
		.seed = 5, .say = 90000, .hear = 90000, .piece = 30000
	};
	struct buf *held[600];
	int n = 0;

	(void)state;
	start(0, 0);
	seal();
	while ((held[n] = bufs_get(&rig.net, POOL_68K, POOL_IN)))
		n++;
	bufs_put(&rig.net, held[--n]);
	bufs_put(&rig.net, held[--n]);
	rig.net.bufs.pool.out -= (uint32_t)n;
	converse(&c);
	rig.net.bufs.pool.out += (uint32_t)n;
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	stop();
}

/* ---- pieces ---- */

static void say(struct end *e, const char *text)
{
	struct span to = stream_reserve(&e->tcp.stream, strlen(text));

	assert_non_null(to.p);
	memcpy(to.p, text, strlen(text));
	stream_commit(&e->tcp.stream, strlen(text));
}

static struct span peek(struct end *e, size_t least)
{
	struct span in = { NULL, 0 };

	for (int i = 0; i < 200 && in.n < least; i++) {
		rig_turns(&rig, 3);
		in = stream_peek(&e->tcp.stream, least);
	}
	return in;
}

/* One piece of what came in many records, and none of it twice. */
static void straddles(void **state)
{
	struct span in;

	(void)state;
	start(0, 0);
	seal();
	say(&client, "before ");
	assert_true(run_until(STREAM_OPEN));
	say(&client, "ab");
	say(&client, "cdef");
	say(&client, "g");
	in = peek(&server, 14);
	assert_memory_equal(in.p, "before abcdefg", 14);
	stream_take(&server.tcp.stream, 9);
	say(&client, "hij");
	in = peek(&server, 8);
	assert_int_equal(in.n, 8);
	assert_memory_equal(in.p, "cdefghij", 8);
	stream_take(&server.tcp.stream, 8);
	assert_null(stream_peek(&server.tcp.stream, 1).p);
	assert_int_equal(rig.net.bufs.pool.out, 0);
	stop();
}

/* What is larger than a record goes as one, and comes as one. */
static void large(void **state)
{
	static const size_t sizes[] = {
		0, 1, 16381, 16382, 16383, 40000, 65507
	};
	static uint8_t data[65507];
	uint64_t r = 3;

	(void)state;
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)unit_rand(&r);
	start(0, 0);
	seal();
	assert_true(run_until(STREAM_OPEN));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct bytes got, d = { data, sizes[i] };

		assert_true(framed_put(&client.tcp.stream, d));
		while (!framed_peek(&server.tcp.stream, &got))
			rig_turns(&rig, 1);
		assert_int_equal(got.n, d.n);
		assert_memory_equal(got.p, d.p, d.n);
		framed_take(&server.tcp.stream, got);
	}
	stop();
}

/* ---- ends ---- */

/* Cut off anywhere, also between records: an error, never an end. */
static void cut(void **state)
{
	(void)state;
	for (long at = 0; at < 6000; at += 97) {
		start(0, 4096);
		wire.left = at;
		seal();
		say(&client, "hello");
		say(&server, "hello");
		for (int i = 0;
		     i < 60 && !(client.told & server.told & STREAM_DOWN);
		     i++) {
			rig_turns(&rig, 1);
			stream_peek(&client.tcp.stream, 6);
			stream_peek(&server.tcp.stream, 6);
		}
		if (wire.left == 0) {
			assert_int_equal(client.tcp.stream.err, -NAT_ECLOSED);
			assert_int_equal(server.tcp.stream.err, -NAT_ECLOSED);
			assert_true(client.told & server.told & STREAM_DOWN);
		}
		assert_false(client.tcp.stream.ended);
		stop();
	}
}

/* A key that has sealed all that it may: what was said arrives, then both end. */
static void worn_out(void **state)
{
	const struct sealed *x, *y;
	struct span in;

	(void)state;
	pair.conf[TLS_SERVER].most = TLS_VERSION_12;
	pair.conf[TLS_CLIENT].suites = pair.conf[TLS_SERVER].suites = 1 << 3;
	start(0, 0);
	seal();
	assert_true(run_until(STREAM_OPEN));
	x = sealed_of(&client.tcp);
	y = sealed_of(&server.tcp);
	sealed_of(&client.tcp)->tls.out.seq = (1 << 24) - 1;
	sealed_of(&server.tcp)->tls.in.seq = (1 << 24) - 1;
	say(&client, "the last");
	assert_int_equal(client.tcp.stream.err, -NAT_EPROTO);
	assert_null(stream_reserve(&client.tcp.stream, 1).p);
	in = peek(&server, 8);
	assert_memory_equal(in.p, "the last", 8);
	stream_take(&server.tcp.stream, 8);
	stream_peek(&server.tcp.stream, 1);
	assert_true(run_until(STREAM_DOWN));
	assert_int_equal(x->tls.about.alert, TLS_INTERNAL_ERROR);
	assert_int_equal(y->tls.about.alert, TLS_INTERNAL_ERROR);
	stop();
	pair.conf[TLS_CLIENT].suites = pair.conf[TLS_SERVER].suites = 0;
	pair.conf[TLS_SERVER].most = 0;
}

/* Stopped at any time and moved at any time, the storage overwritten. */
static void moved(void **state)
{
	(void)state;
	for (int at = 0; at < 30; at++) {
		struct tcp to;

		start(0, 300);
		seal();
		say(&client, "early");
		rig_turns(&rig, at);
		tcp_move(&to, &client.tcp, &client.waker);
		memset(&client.tcp, 0xa5, sizeof client.tcp);
		client.tcp.io.loop = NULL;
		assert_true(tcp_runs(&to) && tcp_fd(&to) >= 0);
		rig_turns(&rig, 30);
		tcp_move(&client.tcp, &to, &client.waker);
		if (at % 2) {
			assert_int_equal(peek(&server, 5).n, 5);
			assert_true(client.told & STREAM_OPEN);
		}
		stop();
	}
}

/* Somebody speaks, but not TLS: he is told so in TLS, and that is all. */
static void rubbish(void **state)
{
	static const struct {
		const char *text;
		size_t n;
	} rows[] = {
		{ "GET / HTTP/1.1\r\n\r\n", 18 },
		{ "\x16\x03\x01\x00\x04\x01\x00\x00\x00", 9 },
		{ "\x16\x03\x01\xff\xff\x01\x00\x00\x00", 9 },
		{ "\x15\x03\x01\x00\x02\x02\x28", 7 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes t = { (const uint8_t *)rows[i].text, rows[i].n };
		uint8_t heard[16];

		start(0, 4096);
		assert_true(
			sealed_start(&server.seals, &server.tcp, &server.kind));
		assert_int_equal(sock_send(tcp_fd(&client.tcp), t), (long)t.n);
		for (int k = 0; k < 50 && !(server.told & STREAM_DOWN); k++)
			rig_turns(&rig, 1);
		assert_true(server.tcp.stream.err < 0);
		assert_true(server.told & STREAM_DOWN);
		assert_false(server.told & STREAM_OPEN);
		rig_turns(&rig, 5);
		if (i != 3)
			assert_int_equal(
				sock_recv(tcp_fd(&client.tcp), SPAN(heard)), 7);
		stop();
	}
}

/* ---- places ---- */

/* Two at a time, and one of them says nothing more: the others wait for his place
 * until his time is up; alone he has ten seconds.
 */
static void places(void **state)
{
	struct tcp more[3];
	int ends[3][2];

	(void)state;
	start(0, 0);
	for (int i = 0; i < 3; i++) {
		rig_pair(ends[i], 0);
		tcp_start(&more[i], &rig.net, ends[i][0], &client.waker);
		assert_true(
			sealed_start(&client.seals, &more[i], &client.kind));
	}
	assert_int_equal(client.seals.shakes.used, 2);
	seal();
	rig_turns(&rig, 20);
	assert_false(client.told & (STREAM_OPEN | STREAM_DOWN));
	rig_clock.skipped += SEALS_PRESSED;
	for (int i = 0; i < 100 && !(server.told & STREAM_OPEN); i++) {
		rig_clock.skipped += 2;
		rig_turns(&rig, 1);
	}
	assert_true(client.told & STREAM_OPEN);
	assert_true(client.seals.counts.late >= 2);
	assert_int_equal(more[0].stream.err, -NAT_ETIMEOUT);
	for (int i = 0; i < 3; i++) {
		stream_stop(&more[i].stream, false);
		sock_close(ends[i][1], false);
	}
	rig_clock.skipped += 2 * SEALS_SPARE;
	rig_turns(&rig, 3);
	stop();
}

/* The second time no certificate is shown. */
static void resumed(void **state)
{
	static struct tls_tickets tickets;

	(void)state;
	tls_tickets_turn(&tickets, certs_fill);
	memset(&session, 0, sizeof session);
	pair.conf[TLS_SERVER].tickets = &tickets;
	for (int i = 0; i < 2; i++) {
		start(0, 0);
		seal();
		assert_true(run_until(STREAM_OPEN));
		say(&server, "x");
		assert_int_equal(peek(&client, 1).n, 1);
		assert_int_equal(client.seals.counts.resumed, i);
		assert_int_equal(server.seals.counts.resumed, i);
		stop();
	}
	pair.conf[TLS_SERVER].tickets = NULL;
}

static int setup(void **state)
{
	int rc = pair_setup(state);

	pair_init(&pair);
	pair.conf[TLS_CLIENT].pins = (const uint8_t(*)[TLS_PIN])pair_pin;
	pair.conf[TLS_CLIENT].pins_n = 1;
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(courses),  cmocka_unit_test(bytewise),
		cmocka_unit_test(starved),  cmocka_unit_test(straddles),
		cmocka_unit_test(large),    cmocka_unit_test(cut),
		cmocka_unit_test(worn_out), cmocka_unit_test(moved),
		cmocka_unit_test(rubbish),  cmocka_unit_test(places),
		cmocka_unit_test(resumed),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
