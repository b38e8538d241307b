/* Names are this test's own: each row says which addresses there are. */
#include "rig.h"
#include "net/dial.h"
#include "net/names.h"
#include <netinet/in.h>
#include <netinet/tcp.h>

static const struct net_limits limits = { .memory = 1 << 20 };

/* GOOD: accepts. REFUSES: nobody there. SILENT: never answers. */
enum place { END, GOOD, REFUSES, SILENT };

static const struct hostport place = { { (const uint8_t *)"host", 4 }, 77 };
static struct rig rig;
static struct addr places[SILENT + 1];
static int listeners[2], fillers[16];

struct call {
	struct dial dial;
	int fd, times;
	bool gone; /* the dial is stopped and overwritten when it is done */
};

static struct call call;
static const enum place *found; /* what names_find finds next */

int names_find(struct net *net, struct bytes host, uint16_t port,
	       struct addr *to, int most)
{
	int n = 0;

	(void)net;
	assert_true(bytes_are(host, "host"));
	assert_int_equal(port, 77);
	for (; n < most && found[n]; n++)
		to[n] = places[found[n]];
	return n ? n : -NAT_ENAME;
}

static void done(struct dial *d, int fd)
{
	struct call *c = container_of(d, struct call, dial);

	c->fd = fd;
	c->times++;
	rig.loop.quit = true;
	if (c->gone) {
		dial_stop(d);
		memset(d, 0xa5, sizeof *d);
	}
}

/* A listener whose queue is full drops what comes: a connection that waits. */
static void make_silent(void)
{
	listeners[1] = rig_listen(&places[SILENT]);
	assert_int_equal(listen(listeners[1], 0), 0);
	for (size_t i = 0; i < COUNT(fillers); i++)
		fillers[i] = sock_connect(&places[SILENT]);
}

static void start(void)
{
	int fd;

	rig_start(&rig, &limits, 1000);
	listeners[0] = rig_listen(&places[GOOD]);
	fd = rig_listen(&places[REFUSES]);
	sock_close(fd, false);
	make_silent();
	call = (struct call){ .fd = -1 };
}

static void stop(void)
{
	for (size_t i = 0; i < COUNT(fillers); i++)
		sock_close(fillers[i], true);
	sock_close(listeners[0], false);
	sock_close(listeners[1], false);
	rig_stop(&rig);
}

static const struct {
	enum place found[6];
	int result; /* 0: a connection */
} rows[] = {
	{ { END }, -NAT_ENAME },
	{ { GOOD }, 0 },
	{ { REFUSES }, -NAT_EREFUSED },
	{ { REFUSES, GOOD }, 0 },
	{ { REFUSES, REFUSES, REFUSES, GOOD }, 0 },
	{ { REFUSES, REFUSES, REFUSES, REFUSES, GOOD }, -NAT_EREFUSED },
	{ { SILENT }, -NAT_ETIMEOUT },
	{ { SILENT, GOOD }, 0 },
	{ { SILENT, REFUSES, SILENT, GOOD }, 0 },
	{ { REFUSES, SILENT }, -NAT_ETIMEOUT },
	{ { SILENT, REFUSES }, -NAT_EREFUSED },
};

static void check_connection(int fd)
{
	struct addr a;
	int on = 0;
	socklen_t n = sizeof on;

	assert_true(fd >= 0);
	assert_int_equal(sock_there(fd, &a), 0);
	assert_int_equal(a.port, places[GOOD].port);
	assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &n), 0);
	assert_int_equal(on, 1);
	sock_close(fd, false);
}

/* The outcome comes once, from the loop; at most patience for each address. */
static void one_address_after_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		size_t row = i / 2;

		start();
		call.gone = i % 2;
		found = rows[row].found;
		dial_start(&call.dial, &rig.net, &place, 1, done);
		assert_int_equal(call.times, 0);
		rig_run(&rig, 1000);
		assert_int_equal(call.times, 1);
		if (rows[row].result)
			assert_int_equal(call.fd, rows[row].result);
		else
			check_connection(call.fd);
		rig_run(&rig, 3);
		assert_int_equal(call.times, 1);
		if (!call.gone)
			dial_stop(&call.dial);
		stop();
	}
}

/* Before the loop runs, and after it has for a while: no outcome, nothing open,
 * and the memory is somebody else's.
 */
static void stopped_before_the_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows) * 2; i++) {
		bool runs = i % 2;

		start();
		found = rows[i / 2].found;
		if (runs && found[0] != SILENT) {
			stop();
			continue;
		}
		dial_start(&call.dial, &rig.net, &place, 1000, done);
		if (runs)
			rig_run(&rig, 2);
		dial_stop(&call.dial);
		dial_stop(&call.dial);
		memset(&call.dial, 0xa5, sizeof call.dial);
		rig_run(&rig, 2);
		assert_int_equal(call.times, 0);
		stop();
	}
}

static void patience_is_kept(void **state)
{
	static const enum place silent[] = { SILENT, SILENT, END };
	int64_t before;

	(void)state;
	start();
	found = silent;
	before = rig.loop.now;
	dial_start(&call.dial, &rig.net, &place, 20, done);
	rig_run(&rig, 1000);
	assert_int_equal(call.fd, -NAT_ETIMEOUT);
	assert_in_range(rig.loop.now - before, 40, 400);
	stop();
}

static void one_known_address(void **state)
{
	char dir[] = "/tmp/nat-dial-XXXXXX", path[64];
	struct addr at = { .family = ADDR_UNIX, .path = path };
	int fd;

	(void)state;
	start();
	dial_addr(&call.dial, &rig.net, &places[GOOD], 1000, done);
	assert_int_equal(call.times, 0);
	rig_run(&rig, 1000);
	check_connection(call.fd);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	dial_addr(&call.dial, &rig.net, &at, 1000, done);
	assert_int_equal(call.times, 1);
	rig_run(&rig, 1000);
	assert_int_equal(call.fd, -NAT_ENOENT);
	fd = sock_listen(&at);
	assert_true(fd >= 0);
	dial_addr(&call.dial, &rig.net, &at, 1000, done);
	rig_run(&rig, 1000);
	assert_true(call.fd >= 0);
	assert_int_equal(call.times, 3);
	sock_close(call.fd, false);
	sock_close(fd, false);
	unlink(path);
	rmdir(dir);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_after_another),
		cmocka_unit_test(stopped_before_the_outcome),
		cmocka_unit_test(patience_is_kept),
		cmocka_unit_test(one_known_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
