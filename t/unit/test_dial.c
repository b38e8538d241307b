/* Names are this test's own: it stands in for net/resolve.c, and says what is
 * heard and when.
 */
#include "rig.h"
#include "net/dial.h"
#include "net/resolver.h"
#include <netinet/in.h>
#include <netinet/tcp.h>

static const struct net_limits limits = { .memory = 1 << 20 };

/* GOOD: accepts. REFUSES: nobody there. SILENT: never answers. SIX: of IPv6,
 * accepts.
 */
enum place { END, GOOD, REFUSES, SILENT, SIX, PLACES };

static struct hostport place = { { (const uint8_t *)"host", 4 }, 0 };
static struct rig rig;
static struct addr places[PLACES];
static int listeners[4], fillers[2][16];

struct call {
	struct dial dial;
	int fd, times;
	bool gone; /* the dial is stopped and overwritten when it is done */
};

static struct call call;
static const enum place *found; /* what is heard at once, NULL: nothing */

int resolver_start(struct net *net, const char *conf)
{
	(void)net, (void)conf;
	return 0;
}

void resolver_stop(struct net *net)
{
	(void)net;
}

static void say(struct resolve *r, const enum place *p, bool last, int err)
{
	struct found f = { .last = last, .err = err };

	for (; *p; p++) {
		f.addrs[f.n] = places[*p];
		f.addrs[f.n++].port = 0;
	}
	r->heard(r, &f);
}

static void begin(struct soon *s)
{
	say(container_of(s, struct resolve, begin), found, true,
	    found[0] ? 0 : -NAT_ENAME);
}

void resolve_start(struct resolve *r, struct net *net, struct bytes host,
		   void (*heard)(struct resolve *, const struct found *))
{
	*r = (struct resolve){ .net = net, .heard = heard };
	assert_true(bytes_are(host, "host"));
	soon_init(&r->begin, begin);
	if (found)
		soon_start(&r->begin, net->loop);
}

void resolve_stop(struct resolve *r)
{
	soon_stop(&r->begin);
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

/* All of one port, since a name has one: where it is taken, another. */
static bool listen_at(int i, struct addr *at, const char *ip, uint16_t port)
{
	assert_int_equal(addr_parse_ip(at, bytes_of(ip)), 0);
	at->port = port;
	listeners[i] = -1;
	if (at == &places[REFUSES])
		return true;
	listeners[i] = sock_listen(at);
	return listeners[i] >= 0;
}

static bool open_places(void)
{
	uint16_t port;

	listeners[0] = rig_listen(&places[GOOD]);
	port = places[GOOD].port;
	place.port = port;
	if (listen_at(1, &places[SILENT], "127.0.0.3", port) &&
	    listen_at(2, &places[SIX], "::1", port) &&
	    listen_at(3, &places[REFUSES], "127.0.0.2", port))
		return true;
	for (int i = 0; i < 3 && listeners[i] >= 0; i++)
		sock_close(listeners[i], false);
	return false;
}

/* A listener whose queue is full drops what comes: a connection that waits. */
static void make_silent(int i, enum place p)
{
	assert_int_equal(listen(listeners[i], 0), 0);
	for (size_t k = 0; k < COUNT(fillers[0]); k++)
		fillers[p == SIX][k] = sock_connect(&places[p]);
}

static void start(void)
{
	rig_start(&rig, &limits, 1000);
	while (!open_places())
		;
	memset(fillers, -1, sizeof fillers);
	make_silent(1, SILENT);
	call = (struct call){ .fd = -1 };
	found = NULL;
}

static void stop(void)
{
	for (size_t i = 0; i < 2 * COUNT(fillers[0]); i++)
		if (fillers[i / 16][i % 16] >= 0)
			sock_close(fillers[i / 16][i % 16], true);
	for (int i = 0; i < 3; i++)
		sock_close(listeners[i], false);
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

static void check_connection(int fd, enum place p)
{
	struct addr a;
	int on = 0;
	socklen_t n = sizeof on;

	assert_true(fd >= 0);
	assert_int_equal(sock_there(fd, &a), 0);
	assert_true(addr_same_ip(&a, &places[p]) && a.port == place.port);
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
			check_connection(call.fd, GOOD);
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
	static const enum place twice[] = { SILENT, SILENT, END };
	int64_t before;

	(void)state;
	start();
	found = twice;
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
	check_connection(call.fd, GOOD);
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

/* ---- Happy Eyeballs ---- */

static const enum place nothing[] = { END };
static const enum place good[] = { GOOD, END };
static const enum place silent[] = { SILENT, END };
static const enum place refuses[] = { REFUSES, END };
static const enum place six[] = { SIX, END };

static void begin_dial(void)
{
	start();
	dial_start(&call.dial, &rig.net, &place, 10000, done);
}

static void hear(const enum place *p, bool last, int err)
{
	say(&call.dial.resolve, p, last, err);
}

static void end_dial(enum place p)
{
	if (!call.times)
		rig_run(&rig, 3000);
	assert_int_equal(call.times, 1);
	check_connection(call.fd, p);
	stop();
}

/* The families alternate, IPv6 first, whatever the order they were named in. */
static void six_goes_first(void **state)
{
	static const enum place all[] = { SILENT, GOOD, SIX, END };

	(void)state;
	begin_dial();
	hear(all, true, 0);
	assert_int_equal(call.dial.tried, 1);
	assert_int_equal(call.dial.used[1], 1);
	end_dial(SIX);
}

static void then_the_others(void **state)
{
	static const enum place all[] = { GOOD, SILENT, SIX, END };
	int64_t before;

	(void)state;
	begin_dial();
	make_silent(2, SIX);
	before = rig.loop.now;
	hear(all, true, 0);
	assert_int_equal(call.dial.used[1], 1);
	assert_int_equal(call.dial.used[0], 0);
	end_dial(GOOD);
	assert_true(rig.loop.now - before >= DIAL_DELAY);
}

/* A slow one is not given up for the one that begins after it. */
static void the_first_to_connect_wins(void **state)
{
	static const enum place all[] = { SILENT, SIX, END };
	struct addr from;
	int fds[16], n = 0;

	(void)state;
	begin_dial();
	make_silent(2, SIX);
	hear(all, true, 0);
	while (call.dial.tried < 2)
		rig_run(&rig, 10);
	assert_int_equal(call.times, 0);
	for (int i = 0; i < 1000 && !call.times; i++) {
		int fd = sock_accept(listeners[2], &from);

		if (fd >= 0 && n < 16)
			fds[n++] = fd;
		rig_run(&rig, 5);
	}
	assert_int_equal(call.times, 1);
	check_connection(call.fd, SIX);
	while (n > 0) /* its other end may be among them */
		sock_close(fds[--n], true);
	stop();
}

/* What refuses makes room at once: no delay, however often. */
static void refused_at_once(void **state)
{
	static const enum place all[] = { REFUSES, REFUSES, REFUSES, GOOD,
					  END };

	(void)state;
	begin_dial();
	rig_clock.skipped = -rig.loop.now; /* the delay never comes */
	hear(all, true, 0);
	rig_run(&rig, 2000);
	end_dial(GOOD);
}

/* However many addresses of both families there are. */
static void four_attempts(void **state)
{
	static const enum place all[] = { REFUSES, REFUSES, REFUSES,
					  REFUSES, SIX,     END };

	(void)state;
	begin_dial();
	sock_close(listeners[2], false);
	hear(all, true, 0);
	rig_run(&rig, 2000);
	assert_int_equal(call.fd, -NAT_EREFUSED);
	assert_int_equal(call.dial.tried, DIAL_ADDRS);
	assert_int_equal(call.dial.used[0], DIAL_ADDRS - 1);
	listeners[2] = rig_listen(&places[SIX]); /* for stop() */
	stop();
}

/* IPv4 is known, IPv6 is not yet: it has 50 ms, and comes first if it comes. */
static void four_waits_for_six(void **state)
{
	int64_t before;

	(void)state;
	begin_dial();
	before = rig.loop.now;
	hear(good, false, 0);
	assert_int_equal(call.dial.tried, 0);
	end_dial(GOOD);
	assert_true(rig.loop.now - before >= DIAL_V6_DELAY);

	begin_dial();
	hear(good, false, 0);
	hear(six, true, 0);
	assert_int_equal(call.dial.used[1], 1);
	assert_int_equal(call.dial.used[0], 0);
	end_dial(SIX);

	begin_dial();
	hear(good, false, 0);
	hear(nothing, true, 0);
	assert_int_equal(call.dial.tried, 1);
	end_dial(GOOD);
}

/* IPv6 does not wait for IPv4; what is heard late takes part. */
static void late_ones_take_part(void **state)
{
	(void)state;
	begin_dial();
	hear(six, false, 0);
	assert_int_equal(call.dial.tried, 1);
	end_dial(SIX);

	begin_dial();
	hear(silent, false, 0);
	while (call.dial.tried == 0)
		rig_run(&rig, 10);
	hear(six, true, 0);
	end_dial(SIX);
}

/* The end comes when nothing more can be heard. */
static void no_end_before_the_last_word(void **state)
{
	(void)state;
	begin_dial();
	hear(refuses, false, 0);
	rig_run(&rig, 100);
	assert_int_equal(call.times, 0);
	assert_int_equal(call.dial.tried, 1);
	hear(nothing, true, 0);
	assert_int_equal(call.times, 1);
	assert_int_equal(call.fd, -NAT_EREFUSED);
	stop();

	begin_dial();
	hear(nothing, true, -NAT_ENODNS);
	assert_int_equal(call.fd, -NAT_ENODNS);
	stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_address_after_another),
		cmocka_unit_test(stopped_before_the_outcome),
		cmocka_unit_test(patience_is_kept),
		cmocka_unit_test(one_known_address),
		cmocka_unit_test(six_goes_first),
		cmocka_unit_test(then_the_others),
		cmocka_unit_test(the_first_to_connect_wins),
		cmocka_unit_test(refused_at_once),
		cmocka_unit_test(four_attempts),
		cmocka_unit_test(four_waits_for_six),
		cmocka_unit_test(late_ones_take_part),
		cmocka_unit_test(no_end_before_the_last_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
