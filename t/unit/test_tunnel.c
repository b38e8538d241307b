/* A tcp led on by a proxy made of bytes. */
#include "rig.h"
#include "net/tunnel.h"

enum { PLACES = 2 };

static const struct net_limits limits = { .memory = 2 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };
static struct rig rig;
static struct tunnels *tunnels;
static struct proxy_conf conf;
static int peer;

static struct owner {
	struct tcp tcp;
	struct waker waker;
	unsigned told;
} owner;

static void wake(struct waker *w, unsigned what)
{
	container_of(w, struct owner, waker)->told |= what;
	rig.loop.quit = true;
}

static bool call(struct tcp *t)
{
	const struct tunnel_to to = { &conf, BYTES("a"), 1 };

	return tunnel_call(tunnels, t, &to);
}

static void start(const char *url)
{
	int fds[2];

	rig_start(&rig, &limits, 100000);
	rig_pair(fds, 0);
	assert_null(proxy_parse(&conf, bytes_of(url)));
	assert_int_equal(tunnels_start(&tunnels, &rig.net, PLACES), 0);
	owner = (struct owner){ .waker = { wake } };
	tcp_start(&owner.tcp, &rig.net, fds[0], &owner.waker);
	peer = fds[1];
	assert_true(call(&owner.tcp));
	assert_true(veil_waits(&owner.tcp));
}

static void stop(void)
{
	stream_stop(&owner.tcp.stream, false);
	stream_stop(&owner.tcp.stream, false);
	sock_close(peer, false);
	tunnels_stop(tunnels);
	rig_stop(&rig);
}

static void say(const char *text)
{
	struct bytes b = bytes_of(text);

	assert_int_equal(sock_send(peer, b), b.n);
}

static struct bytes heard(struct span to)
{
	long n;

	rig_turns(&rig, 5);
	n = sock_recv(peer, to);
	return (struct bytes){ to.p, n > 0 ? (size_t)n : 0 };
}

static bool told(unsigned what)
{
	for (int i = 0; i < 50 && !(owner.told & what); i++)
		rig_run(&rig, 10);
	return owner.told & what;
}

/* It is a tcp like any other then, with what the host has said already. */
static void through(void **state)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\nX: y\r\n\r\n";
	struct stream *s = &owner.tcp.stream;
	uint8_t room[256];
	struct span out;

	(void)state;
	for (int bytewise = 0; bytewise < 2; bytewise++) {
		start("http://p");
		assert_memory_equal(heard(SPAN(room)).p, "CONNECT a:1 ", 12);
		assert_null(stream_reserve(s, 1).p);
		assert_null(stream_peek(s, 1).p);
		for (size_t i = 0; bytewise && answer[i + 1]; i++) {
			const char one[] = { answer[i], 0 };

			say(one);
			rig_turns(&rig, 3);
			assert_int_equal(owner.told, 0);
		}
		say(bytewise ? "\n" : answer);
		say("hello");
		assert_true(told(STREAM_OPEN));
		assert_true(tcp_is_bare(&owner.tcp));
		assert_false(veil_waits(&owner.tcp));
		while (stream_peek(s, 5).n < 5)
			rig_run(&rig, 10);
		assert_memory_equal(stream_peek(s, 5).p, "hello", 5);
		stream_take(s, 5);
		out = stream_reserve(s, 3);
		memcpy(out.p, "bye", 3);
		stream_commit(s, 3);
		assert_bytes_equal(heard(SPAN(room)), BYTES("bye"));
		stop();
	}
}

/* Who finishes before there is anybody has finished when there is. */
static void finishes(void **state)
{
	uint8_t room[256];

	(void)state;
	start("socks5://p");
	stream_finish(&owner.tcp.stream);
	assert_int_equal(heard(SPAN(room)).n, 3);
	assert_int_equal(
		sock_send(peer, (struct bytes){ (const uint8_t *)"\5\0", 2 }),
		2);
	assert_int_equal(heard(SPAN(room)).n, 8);
	assert_int_equal(sock_send(peer, BYTES("\5\0\0\1\0\0\0\0\0\0")), 10);
	assert_true(told(STREAM_OPEN));
	rig_turns(&rig, 5);
	assert_true(owner.tcp.stream.finished);
	assert_int_equal(sock_recv(peer, SPAN(room)), 0);
	stop();
}

static const struct {
	const char *said, *why;
	int err;
} failures[] = {
	{ "HTTP/1.1 407 Who\r\n\r\n", "wants a user and a password: 407",
	  -NAT_EACCESS },
	{ "HTTP/1.1 503 No\r\n\r\n", "refuses to lead there: 503",
	  -NAT_EACCESS },
	{ "\x16\x03\x01", "does not speak HTTP", -NAT_EPROTO },
	{ "HTTP/1.1 200", "closed by the other side", -NAT_ECLOSED },
};

static void fails(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(failures); i++) {
		char text[128];
		struct fmt f = fmt_to(SPAN(text));

		start("http://p");
		say(failures[i].said);
		sock_finish(peer);
		assert_true(told(STREAM_DOWN));
		assert_int_equal(owner.tcp.stream.err, failures[i].err);
		assert_false(veil_waits(&owner.tcp));
		assert_true(tunnel_explain(&owner.tcp, &f));
		assert_string_equal(fmt_text(&f), failures[i].why);
		rig_turns(&rig, 5);
		stop();
	}
}

static void too_late(void **state)
{
	(void)state;
	start("http://p");
	rig_clock.skipped += TUNNEL_LATE;
	assert_true(told(STREAM_DOWN));
	assert_int_equal(owner.tcp.stream.err, -NAT_ETIMEOUT);
	stop();
}

static void broken(void **state)
{
	(void)state;
	start("http://p");
	sock_close(peer, true);
	assert_true(told(STREAM_DOWN));
	assert_true(owner.tcp.stream.err < 0);
	peer = sock_spare();
	stop();
}

/* One place is taken until it is through; moved, it wakes its new owner. */
static void places(void **state)
{
	struct tcp more[PLACES], moved;
	int ends[PLACES][2];

	(void)state;
	start("http://p");
	for (int i = 0; i < PLACES; i++) {
		rig_pair(ends[i], 0);
		tcp_start(&more[i], &rig.net, ends[i][0], &owner.waker);
		assert_int_equal(call(&more[i]), i < PLACES - 1);
	}
	assert_true(tcp_is_bare(&more[PLACES - 1]));
	say("HTTP/1.1 200 OK\r\n\r\n");
	assert_true(told(STREAM_OPEN));
	assert_true(call(&more[PLACES - 1]));
	tcp_move(&moved, &more[0], &owner.waker);
	assert_true(veil_waits(&moved));
	owner.told = 0;
	assert_int_equal(
		sock_send(ends[0][1], BYTES("HTTP/1.1 200 OK\r\n\r\n")), 19);
	assert_true(told(STREAM_OPEN));
	assert_true(tcp_is_bare(&moved));
	stream_stop(&moved.stream, true);
	stream_stop(&more[PLACES - 1].stream, true);
	for (int i = 0; i < PLACES; i++)
		sock_close(ends[i][1], false);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(through), cmocka_unit_test(finishes),
		cmocka_unit_test(fails),   cmocka_unit_test(too_late),
		cmocka_unit_test(broken),  cmocka_unit_test(places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
