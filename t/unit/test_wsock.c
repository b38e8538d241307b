/* Two ends of WebSocket over sockets, and one against a peer made of bytes. */
#include "parties.h"
#include "net/wslot.h"

enum { LINES = 4 };

static const struct net_limits limits = { .memory = 2 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };
static struct rig rig;

struct end {
	struct wsocks *ws;
	struct tcp tcp;
	struct waker waker;
	unsigned told;
};

static struct end client, server;

static void wake(struct waker *w, unsigned what)
{
	container_of(w, struct end, waker)->told |= what;
	rig.loop.quit = true;
}

static void start_end(struct end *e, int fd)
{
	const struct wsock_wish wish = { .most = LINES, .path = "/nat" };

	memset(e, 0, sizeof *e);
	assert_int_equal(wsocks_start(&e->ws, &rig.net, &wish), 0);
	e->waker.wake = wake;
	tcp_start(&e->tcp, &rig.net, fd, &e->waker);
}

static void stop_end(struct end *e)
{
	stream_stop(&e->tcp.stream, false);
	stream_stop(&e->tcp.stream, false);
	wsocks_stop(e->ws);
}

static void call(void)
{
	const struct wsock_to to = { BYTES("a.example"), BYTES("/nat"), 0 };

	assert_true(wsock_call(client.ws, &client.tcp, &to));
	assert_true(veil_waits(&client.tcp));
}

static void run(void)
{
	rig_run(&rig, 500);
}

/* ---- both ends ours ---- */

static void start(int size)
{
	int fds[2];

	rig_start(&rig, &limits, 2000000);
	rig_pair(fds, size);
	start_end(&client, fds[0]);
	start_end(&server, fds[1]);
	call();
	while (!(server.told & STREAM_IN))
		run();
	assert_true(wsock_answer(server.ws, &server.tcp));
	while (!(client.told & server.told & STREAM_OPEN))
		run();
	assert_false(veil_waits(&client.tcp) || veil_waits(&server.tcp));
}

static void stop(void)
{
	stop_end(&client);
	stop_end(&server);
	rig_stop(&rig);
}

static void converse(const struct party_conf *c)
{
	parties_converse(&rig, &client.tcp.stream, &server.tcp.stream, c);
}

/* Through small sockets and large, in pieces of all sizes: all of it comes, both
 * see the end of the other, and nothing is held then.
 */
static void courses(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 60; seed++) {
		uint64_t r = seed * 0x9e3779b9;
		uint32_t most = seed % 5 ? 20000 : 400000;
		struct party_conf c = { .seed = seed,
					.say = unit_rand(&r) % most,
					.hear = unit_rand(&r) % most,
					.piece = 1 + unit_rand(&r) % 60000,
					.moody = unit_rand(&r) % 300 };

		start((int)(unit_rand(&r) % 30000 * (seed % 2)));
		converse(&c);
		stop();
	}
}

/* As much as a reserve can ask for is one frame, whose head is as long as it needs
 * to be, and as much as a peek can ask for is one piece.
 */
static void largest(void **state)
{
	struct stream *out = &client.tcp.stream, *in = &server.tcp.stream;

	(void)state;
	start(0);
	for (size_t n = out->most_out; n > 65000; n -= 523) {
		struct span to = { NULL, 0 };

		while (!(to = stream_reserve(out, n)).p)
			run();
		assert_true(to.n >= n);
		memset(to.p, 'x', n);
		stream_commit(out, n);
		n = min_size(n, in->most_in);
		while (stream_peek(in, n).n < n)
			run();
		to = stream_peek(in, n);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(to.p[i], 'x');
		while ((to = stream_peek(in, 1)).p)
			stream_take(in, to.n);
	}
	stop();
}

/* A reset is a reset, and a stop is an end. */
static void stops(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		start(0);
		client.told = 0;
		stream_stop(&server.tcp.stream, reset);
		for (int i = 0; i < 20 && !client.tcp.stream.err; i++) {
			run();
			if (stream_peek(&client.tcp.stream, 1).p ||
			    client.tcp.stream.ended)
				break;
		}
		assert_int_equal(client.tcp.stream.ended, !reset);
		assert_int_equal(client.tcp.stream.err != 0, reset);
		if (!reset) /* nobody hears it any more */
			assert_null(stream_reserve(&client.tcp.stream, 1).p);
		stop();
	}
}

static struct wsock *of(struct end *e)
{
	return container_of(e->tcp.veil, struct wsock, veil);
}

/* Silence is broken by pings, and these are answered. */
static void pings(void **state)
{
	int64_t since;

	(void)state;
	start(0);
	since = rig.loop.now;
	rig_clock.skipped += WSOCK_SILENCE + WSOCK_LOOK;
	for (int i = 0; i < 100 && of(&server)->since <= since; i++) {
		rig_run(&rig, 10);
		assert_null(stream_peek(&server.tcp.stream, 1).p);
		assert_null(stream_peek(&client.tcp.stream, 1).p);
	}
	assert_true(of(&client)->since > since);
	assert_true(of(&server)->since > since);
	stop();
}

/* ---- a peer made of bytes ---- */

static int peer;

static void start_alone(struct end *e)
{
	int fds[2];

	rig_start(&rig, &limits, 2000000);
	rig_pair(fds, 0);
	start_end(e, fds[0]);
	peer = fds[1];
}

static void stop_alone(struct end *e)
{
	stop_end(e);
	sock_close(peer, false);
	rig_stop(&rig);
}

static void say(struct bytes text)
{
	assert_int_equal(sock_send(peer, text), text.n);
}

/* All that it has said so far. */
static struct bytes heard_by_peer(struct span room)
{
	size_t n = 0;

	for (int i = 0; i < 3; i++) {
		long got = sock_recv(peer,
				     (struct span){ room.p + n, room.n - n });

		n += got > 0 ? (size_t)got : 0;
		rig_turns(&rig, 3);
	}
	return (struct bytes){ room.p, n };
}

#define ASK \
	"GET /nat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" \
	"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define GOOD ASK "Sec-WebSocket-Protocol: nat\r\n\r\n"
#define M "00000000 "

static void open_server(void)
{
	uint8_t room[1024];

	start_alone(&server);
	say(BYTES(GOOD));
	while (!(server.told & STREAM_IN))
		run();
	assert_true(wsock_answer(server.ws, &server.tcp));
	while (!(server.told & STREAM_OPEN))
		run();
	assert_memory_equal(heard_by_peer(SPAN(room)).p, "HTTP/1.1 101 ", 13);
}

enum { ENDED = 1 };
static const struct row {
	const char *name, *hex, *heard, *said;
	int end; /* ENDED, an error, or neither */
} rows[] = {
	/* clang-format off */
	{ "bytes", "82 82" M "4142", "4142", "", 0 },
	{ "fragments", "02 81" M "41 00 80" M "80 81" M "42", "4142", "", 0 },
	{ "an empty last fragment", "02 81" M "41 80 80" M "82 81" M "42", "4142", "", 0 },
	{ "ping", "89 82" M "4142", "", "8a 02 4142", 0 },
	{ "pings within", "02 81" M "41 89 81" M "31 80 81" M "42 89 81" M "32",
	  "4142", "8a 01 31 8a 01 32", 0 },
	{ "pong", "8a 82" M "4142", "", "", 0 },
	{ "the end", "82 81" M "41 82 80" M, "41", "", ENDED },
	{ "the end in fragments", "82 81" M "41 02 80" M "80 80" M, "41", "", ENDED },
	{ "behind the end", "82 80" M "82 81" M "41", "", "88 02 03ea", -NAT_EPROTO },
	{ "ends twice", "82 80" M "82 80" M, "", "88 02 03ea", -NAT_EPROTO },
	{ "a ping behind the end", "82 80" M "89 80" M, "", "8a 00", ENDED },
	{ "Close", "82 81" M "41 88 82" M "03e8", "41", "88 02 03e8", ENDED },
	{ "Close of nothing", "88 80" M, "", "88 00", ENDED },
	{ "behind Close", "88 82" M "03e8 82 81" M "41", "", "88 02 03e8", ENDED },
	{ "going away", "88 82" M "03e9", "", "88 02 03e9", -NAT_ECLOSED },
	{ "the end, going away", "82 80" M "88 82" M "03e9", "", "88 02 03e9", ENDED },
	{ "text", "81 81" M "41", "", "88 02 03eb", -NAT_EPROTO },
	{ "not masked", "82 01 41", "", "88 02 03ea", -NAT_EPROTO },
	{ "reserved", "c2 81" M "41", "", "88 02 03ea", -NAT_EPROTO },
	{ "no UTF-8", "88 83" M "03e8 ff", "", "88 02 03ef", -NAT_EPROTO },
	{ "garbage", "ffffffffffffffff", "", "88 02 03ea", -NAT_EPROTO },
	/* clang-format on */
};

static void check(const struct row *r, bool bytewise)
{
	uint8_t hex[128], want[128], got[128], room[256];
	struct bytes all = unit_hex(SPAN(hex), r->hex);
	struct stream *s = &server.tcp.stream;
	size_t n = 0, step = bytewise ? 1 : all.n;
	struct span in;

	open_server();
	for (size_t i = 0; i < all.n; i += step) {
		say((struct bytes){ all.p + i, step });
		rig_turns(&rig, 3);
		while ((in = stream_peek(s, 1)).p) {
			assert_true(n + in.n <= sizeof got);
			memcpy(got + n, in.p, in.n);
			n += in.n;
			stream_take(s, in.n);
		}
	}
	rig_turns(&rig, 3);
	if (s->err != (r->end < 0 ? r->end : 0) ||
	    (r->end >= 0 && s->ended != r->end))
		fail_msg("%s: %d %d", r->name, s->err, s->ended);
	assert_int_equal((server.told & STREAM_DOWN) != 0, r->end < 0);
	assert_bytes_equal(((struct bytes){ got, n }),
			   unit_hex(SPAN(want), r->heard));
	assert_bytes_equal(heard_by_peer(SPAN(room)),
			   unit_hex(SPAN(want), r->said));
	stop_alone(&server);
}

static void frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&rows[i], false);
		check(&rows[i], true);
	}
}

/* Without Close it is cut off, unless all was said. */
static void cut_off(void **state)
{
	static const struct {
		struct bytes said;
		int err;
	} cuts[] = {
		{ BYTES("\x82\x81\0\0\0\0A"), -NAT_ECLOSED },
		{ BYTES("\x82\x81\0\0"), -NAT_ECLOSED },
		{ BYTES("\x82\x80\0\0\0\0"), 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cuts); i++) {
		struct stream *s = &server.tcp.stream;
		struct span in;

		open_server();
		say(cuts[i].said);
		sock_finish(peer);
		for (int k = 0; k < 10; k++) {
			rig_turns(&rig, 3);
			in = stream_peek(s, 1);
			if (in.p)
				stream_take(s, in.n);
		}
		assert_int_equal(s->err, cuts[i].err);
		assert_int_equal(s->ended, !cuts[i].err);
		stop_alone(&server);
	}
}

/* Who stops it says Close and stays for the answer; not for ever. */
static void lingers(void **state)
{
	uint8_t room[64];

	(void)state;
	for (int late = 0; late < 2; late++) {
		open_server();
		stream_stop(&server.tcp.stream, false);
		assert_bytes_equal(heard_by_peer(SPAN(room)),
				   BYTES("\x88\x02\x03\xe8"));
		assert_int_equal(server.ws->lines.used, 1);
		if (late)
			rig_clock.skipped += WSOCK_LINGER + WSOCK_LOOK;
		else
			say(BYTES("\x82\x81\0\0\0\0A\x88\x82\0\0\0\0\x03\xe8"));
		for (int i = 0; i < 100 && server.ws->lines.used; i++)
			rig_run(&rig, 10);
		assert_int_equal(server.ws->lines.used, 0);
		stop_alone(&server);
	}
}

/* ---- handshakes ---- */

static const struct {
	const char *said, *answer;
} refused[] = {
	/* clang-format off */
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 " },
	{ "GET /natt HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 " },
	{ "GET /nat/ HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 " },
	{ "GET /nat HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 426 " },
	{ "GET /nat?x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 426 " },
	{ "POST /nat HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 " },
	{ ASK "\r\n", "HTTP/1.1 400 " },
	{ "GET /nat HTTP/1.1\r\n\r\n", "HTTP/1.1 400 " },
	{ "GET /nat HTTP/1.1\nHost: a\r\n\r\n", "HTTP/1.1 400 " },
	{ "GET\x01", "HTTP/1.1 400 " },
	/* clang-format on */
};

static void refuses(void **state)
{
	uint8_t room[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(refused); i++) {
		start_alone(&server);
		say(bytes_of(refused[i].said));
		while (!(server.told & STREAM_IN))
			run();
		assert_true(wsock_answer(server.ws, &server.tcp));
		while (!(server.told & STREAM_DOWN))
			run();
		assert_int_equal(server.tcp.stream.err, -NAT_EPROTO);
		stream_stop(&server.tcp.stream, false);
		heard_by_peer(SPAN(room));
		if (memcmp(room, refused[i].answer, 13) != 0)
			fail_msg("%s: %.13s", refused[i].said, (char *)room);
		stop_alone(&server);
	}
}

/* What begins with no letter is none of ours. */
static void not_http(void **state)
{
	(void)state;
	start_alone(&server);
	say(BYTES("{\"a\":1}"));
	while (!(server.told & STREAM_IN))
		run();
	assert_true(wsock_answer(server.ws, &server.tcp));
	assert_true(tcp_is_bare(&server.tcp));
	stop_alone(&server);
}

/* One byte after the other, and far too late. */
static void drips(void **state)
{
	(void)state;
	for (int late = 0; late < 2; late++) {
		size_t n = late ? 20 : sizeof GOOD - 1;

		start_alone(&server);
		for (size_t i = 0; i < n; i++) {
			say((struct bytes){ (const uint8_t *)&GOOD[i], 1 });
			rig_turns(&rig, 3);
			assert_true(wsock_answer(server.ws, &server.tcp));
		}
		if (late)
			rig_clock.skipped += WSOCK_LATE + WSOCK_LOOK;
		for (int i = 0; i < 100 && !(server.told & STREAM_DOWN); i++)
			rig_run(&rig, 10);
		assert_int_equal(server.tcp.stream.err,
				 late ? -NAT_ETIMEOUT : 0);
		assert_int_equal((server.told & STREAM_OPEN) != 0, !late);
		stop_alone(&server);
	}
}

static const struct {
	const char *said, *why;
	int err;
} answers[] = {
	/* clang-format off */
	{ "HTTP/1.1 404 Not Found\r\n\r\n",
	  "WebSocket: does not answer as a relay at this path does: 404", -NAT_EPROTO },
	{ "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
	  "WebSocket: is no WebSocket", -NAT_EPROTO },
	{ "{\"command\":\"ready\"}\r\n\r\n", "WebSocket: does not speak HTTP", -NAT_EPROTO },
	{ "SSH-2.0-x\n", "WebSocket: does not speak HTTP", -NAT_EPROTO },
	{ NULL, "", -NAT_ECLOSED },
	/* clang-format on */
};

static void answered(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		char text[128];
		struct fmt f = fmt_to(SPAN(text));
		bool knows;

		start_alone(&client);
		call();
		assert_null(stream_reserve(&client.tcp.stream, 1).p);
		if (answers[i].said)
			say(bytes_of(answers[i].said));
		else
			sock_finish(peer);
		while (!(client.told & STREAM_DOWN))
			run();
		knows = wsock_explain(&client.tcp, &f);
		assert_int_equal(knows, answers[i].said != NULL);
		assert_string_equal(fmt_text(&f), answers[i].why);
		assert_int_equal(client.tcp.stream.err, answers[i].err);
		stop_alone(&client);
	}
}

/* When all places are taken, who only lingers gives way; then there is none. */
static void places(void **state)
{
	struct tcp more[LINES];
	int ends[LINES][2];
	struct waker waker = { wake };
	const struct wsock_to to = { BYTES("a"), BYTES("/"), 0 };

	(void)state;
	open_server();
	stream_stop(&server.tcp.stream, false);
	assert_int_equal(server.ws->lines.used, 1);
	for (int i = 0; i < LINES; i++) {
		rig_pair(ends[i], 0);
		tcp_start(&more[i], &rig.net, ends[i][0], &waker);
		assert_true(wsock_call(server.ws, &more[i], &to));
	}
	assert_int_equal(server.ws->lines.used, LINES);
	stream_stop(&more[0].stream, true);
	sock_close(ends[0][1], false);
	rig_pair(ends[0], 0);
	tcp_start(&more[0], &rig.net, ends[0][0], &waker);
	assert_true(wsock_call(server.ws, &more[0], &to));
	tcp_start(&server.tcp, &rig.net, sock_spare(), &waker);
	assert_false(wsock_call(server.ws, &server.tcp, &to));
	for (int i = 0; i < LINES; i++) {
		stream_stop(&more[i].stream, true);
		sock_close(ends[i][1], false);
	}
	stop_alone(&server);
}

/* However many are closing, only so many stay for it. */
static void flood(void **state)
{
	enum { MORE = WSOCK_CLOSING + 20 };
	const struct wsock_wish wish = { .most = 2 * MORE, .path = "/nat" };
	static int ends[MORE][2];
	struct tcp t;

	(void)state;
	rig_start(&rig, &limits, 2000000);
	memset(&server, 0, sizeof server);
	server.waker.wake = wake;
	assert_int_equal(wsocks_start(&server.ws, &rig.net, &wish), 0);
	for (int i = 0; i < MORE; i++) {
		rig_pair(ends[i], 0);
		peer = ends[i][1];
		say(BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
		server.told = 0;
		tcp_start(&t, &rig.net, ends[i][0], &server.waker);
		while (!(server.told & STREAM_IN))
			run();
		assert_true(wsock_answer(server.ws, &t));
		while (!(server.told & STREAM_DOWN))
			run();
		stream_stop(&t.stream, false);
	}
	assert_int_equal(server.ws->lines.used, WSOCK_CLOSING);
	wsocks_stop(server.ws);
	for (int i = 0; i < MORE; i++)
		sock_close(ends[i][1], false);
	rig_stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(courses),  cmocka_unit_test(largest),
		cmocka_unit_test(stops),    cmocka_unit_test(pings),
		cmocka_unit_test(frames),   cmocka_unit_test(cut_off),
		cmocka_unit_test(lingers),  cmocka_unit_test(refuses),
		cmocka_unit_test(not_http), cmocka_unit_test(drips),
		cmocka_unit_test(answered), cmocka_unit_test(places),
		cmocka_unit_test(flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
