/* fetch: answers of every frame, cut anywhere, too long, wrong, late, refused. */
#include "rig.h"
#include "net/fetch.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipe_size = 4096 };

static struct {
	struct rig rig;
	struct fetch fetch;
	uint8_t page[64], body[64];
	size_t n;
	unsigned status;
	int ended;
} t;

static void done(struct fetch *f, unsigned status, struct bytes body)
{
	(void)f;
	t.status = status;
	t.n = body.n;
	if (body.n)
		memcpy(t.body, body.p, body.n);
	t.ended++;
	t.rig.loop.quit = true;
}

static void start(const struct addr *at)
{
	t.ended = 0;
	fetch_init(&t.fetch, SPAN(t.page), done);
	fetch_start(&t.fetch, &t.rig.net, at, BYTES("GET / HTTP/1.1\r\n\r\n"),
		    5000);
}

static int accept_one(int fd)
{
	struct addr from;
	uint8_t room[64];
	long n = -NAT_EAGAIN;
	int conn = -NAT_EAGAIN;

	while (conn == -NAT_EAGAIN) {
		rig_turns(&t.rig, 1);
		conn = sock_accept(fd, &from);
	}
	while (n == -NAT_EAGAIN) {
		rig_turns(&t.rig, 1);
		n = sock_recv(conn, SPAN(room));
	}
	assert_bytes_equal(((struct bytes){ room, (size_t)n }),
			   BYTES("GET / HTTP/1.1\r\n\r\n"));
	return conn;
}

#define OK "HTTP/1.1 200 OK\r\n"
static const struct {
	const char *answer, *body;
	unsigned status; /* 0: it comes to nothing */
	bool closes;
} rows[] = {
	{ OK "Content-Length: 5\r\n\r\nhello", "hello", 200, false },
	{ OK "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n"
	     "2\r\nlo\r\n0\r\nA: b\r\n\r\n",
	  "hello", 200, false },
	{ OK "\r\nhello", "hello", 200, true },
	{ "HTTP/1.0 500 No\r\nContent-Length: 0\r\n\r\n", "", 500, false },
	{ OK "Content-Length: 5\r\n\r\nhell", "", 0, true },
	{ OK "Transfer-Encoding: chunked\r\n\r\n3\r\nhel", "", 0, true },
	{ OK "Transfer-Encoding: chunked\r\n\r\nx\r\nhel", "", 0, false },
	{ OK "Content-Le", "", 0, true },
	{ "SSH-2.0-x\r\n\r\n", "", 0, false },
	{ "", "", 0, true },
};

static void answer(int conn, const char *text, size_t at)
{
	size_t n = strlen(text);

	if (at > 0)
		assert_int_equal(
			sock_send(conn, bytes_head(bytes_of(text), at)), at);
	rig_turns(&t.rig, 3);
	if (!t.ended && n > at)
		assert_int_equal(
			sock_send(conn, bytes_tail(bytes_of(text), at)),
			n - at);
}

static void frames(void **state)
{
	struct addr at;
	int fd;

	(void)state;
	rig_start(&t.rig, &limits, 0);
	fd = rig_listen(&at);
	for (size_t i = 0; i < COUNT(rows); i++) {
		each_split(cut, strlen(rows[i].answer))
		{
			int conn;

			start(&at);
			conn = accept_one(fd);
			answer(conn, rows[i].answer, cut);
			if (rows[i].closes)
				sock_finish(conn);
			if (!t.ended)
				rig_run(&t.rig, 3000);
			assert_int_equal(t.ended, 1);
			assert_int_equal(t.status, rows[i].status);
			assert_bytes_equal(((struct bytes){ t.body, t.n }),
					   bytes_of(rows[i].body));
			assert_false(fetch_runs(&t.fetch));
			sock_close(conn, false);
		}
	}
	sock_close(fd, false);
	rig_stop(&t.rig);
}

/* More than there is room for is cut; the end is still seen. */
static void long_body(void **state)
{
	struct addr at;
	int fd, conn;

	(void)state;
	rig_start(&t.rig, &limits, 0);
	fd = rig_listen(&at);
	start(&at);
	conn = accept_one(fd);
	answer(conn,
	       OK "Content-Length: 80\r\n\r\n"
		  "12345678901234567890123456789012345678901234567890"
		  "123456789012345678901234567890",
	       0);
	rig_run(&t.rig, 3000);
	assert_int_equal(t.status, 200);
	assert_int_equal(t.n, sizeof t.page);
	sock_close(conn, false);
	sock_close(fd, false);
	rig_stop(&t.rig);
}

static void nobody(void **state)
{
	struct addr at;
	int fd, conn;

	(void)state;
	rig_start(&t.rig, &limits, 0);
	fd = rig_listen(&at);
	start(&at);
	conn = accept_one(fd);
	rig_clock.skipped += 5000; /* it never says anything */
	rig_run(&t.rig, 9000);
	assert_true(t.ended == 1 && t.status == 0);
	start(&at);
	fetch_stop(&t.fetch);
	rig_turns(&t.rig, 5);
	assert_int_equal(t.ended, 0);
	sock_close(conn, false);
	sock_close(fd, false);
	start(&at); /* nobody listens */
	rig_run(&t.rig, 3000);
	assert_true(t.ended == 1 && t.status == 0);
	rig_stop(&t.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames),
		cmocka_unit_test(long_body),
		cmocka_unit_test(nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
