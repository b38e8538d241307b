#include "rig.h"
#include "net/listener.h"
#include <poll.h>
#include <sys/resource.h>

static const struct net_limits limits = { .memory = 1 << 20 };

static struct rig rig;

struct door {
	struct listener listener;
	int got[64], n, wakes, most; /* most: at one wake, as an owner takes */
	bool stops;                  /* when it is woken, and is gone */
};

static struct door door;

static void come(struct listener *l)
{
	struct door *d = container_of(l, struct door, listener);
	struct addr from;

	d->wakes++;
	if (d->stops) {
		listener_stop(l);
		memset(l, 0xa5, sizeof *l);
		return;
	}
	for (int i = 0; i < d->most; i++) {
		int fd = listener_accept(l, &from);

		if (fd < 0) {
			assert_int_equal(fd, -NAT_EAGAIN);
			return;
		}
		assert_int_equal(from.family, ADDR_IP4);
		d->got[d->n++] = fd;
	}
}

static int dial(const struct listener *l)
{
	struct addr to = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
	int fd;

	to.port = l->at.port;
	fd = sock_connect(&to);
	assert_true(fd >= 0);
	return fd;
}

static void start(const char *host)
{
	rig_start(&rig, &limits, 1000);
	door = (struct door){ .most = LISTENER_BATCH };
	assert_false(listener_runs(&door.listener));
	assert_int_equal(listener_start(&door.listener, &rig.net,
					bytes_of(host), 0, come),
			 0);
	assert_true(listener_runs(&door.listener));
	assert_true(door.listener.at.port > 0);
}

static void stop(void)
{
	for (int i = 0; i < door.n; i++)
		sock_close(door.got[i], false);
	if (!door.stops) {
		listener_stop(&door.listener);
		listener_stop(&door.listener);
		assert_false(listener_runs(&door.listener));
	}
	rig_stop(&rig);
}

/* More than one wake takes: they come in several turns. */
static void all_who_come(void **state)
{
	enum { N = 40 };
	int fds[N];

	(void)state;
	start("127.0.0.1");
	rig_run(&rig, 2);
	assert_int_equal(door.wakes, 0);
	for (int i = 0; i < N; i++)
		fds[i] = dial(&door.listener);
	for (int i = 0; i < 50 && door.n < N; i++)
		rig_run(&rig, 2);
	assert_int_equal(door.n, N);
	assert_in_range(door.wakes, N / LISTENER_BATCH + 1, N);
	for (int i = 0; i < N; i++)
		sock_close(fds[i], false);
	stop();
}

/* Without a host it is every address, and IPv4 is among them. */
static void every_address(void **state)
{
	int fd;

	(void)state;
	rig_start(&rig, &limits, 1000);
	door = (struct door){ .stops = true };
	assert_int_equal(
		listener_start(&door.listener, &rig.net, BYTES(""), 0, come),
		0);
	assert_true(door.listener.at.family == ADDR_IP6 ||
		    door.listener.at.family == ADDR_IP4);
	fd = dial(&door.listener);
	rig_run(&rig, 20);
	assert_int_equal(door.wakes, 1);
	sock_close(fd, false);
	stop();
}

static void what_cannot_be_had(void **state)
{
	static const struct {
		const char *host;
		int err;
	} rows[] = {
		{ "localhost", -NAT_EINVAL },
		{ "1.2.3", -NAT_EINVAL },
		{ "192.0.2.1", -NAT_EADDR },
	};
	struct listener other = { 0 };

	(void)state;
	start("127.0.0.1");
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(listener_start(&other, &rig.net,
						bytes_of(rows[i].host), 0,
						come),
				 rows[i].err);
	assert_int_equal(listener_start(&other, &rig.net, BYTES("127.0.0.1"),
					door.listener.at.port, come),
			 -NAT_EINUSE);
	assert_int_equal(listener_start(&other, &rig.net, BYTES(""),
					door.listener.at.port, come),
			 -NAT_EINUSE);
	assert_false(listener_runs(&other));
	listener_stop(&other);
	stop();
}

/* From now on no descriptor more than there are. */
static struct rlimit no_more(void)
{
	struct rlimit old, now;
	int fd = dup(0);

	close(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	now = old;
	now.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	return old;
}

/* Those who cannot be served are turned away, one a wake and all in the end;
 * the others are served again when there are descriptors, and nothing spins.
 */
static void out_of_descriptors(void **state)
{
	int fds[3], fd;
	struct rlimit old;

	(void)state;
	unit_needs_fd_limit();
	start("127.0.0.1");
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = dial(&door.listener);
	old = no_more();
	rig_run(&rig, 10);
	assert_int_equal(door.n, 0);
	assert_in_range(door.wakes, 1, 4);
	assert_in_range(rig.net.errors[NAT_EFILES], COUNT(fds), 4);
	assert_true(rig.net.spare_fd >= 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (size_t i = 0; i < COUNT(fds); i++) {
		struct pollfd p = { .fd = fds[i], .events = POLLIN };
		uint8_t byte[1];

		assert_int_equal(poll(&p, 1, 1000), 1);
		assert_int_equal(sock_recv(fds[i], SPAN(byte)), -NAT_ERESET);
		sock_close(fds[i], false);
	}
	fd = dial(&door.listener);
	rig_run(&rig, 10);
	assert_int_equal(door.n, 1);
	sock_close(fd, false);
	stop();
}

/* Without a spare one nobody can be turned away: they wait, and so do we. */
static void no_spare_descriptor(void **state)
{
	struct rlimit old;
	int fd;

	(void)state;
	unit_needs_fd_limit();
	start("127.0.0.1");
	fd = dial(&door.listener);
	sock_close(rig.net.spare_fd, false);
	rig.net.spare_fd = -1;
	old = no_more();
	for (int i = 1; i <= 3; i++) {
		rig_run(&rig, 5);
		assert_int_equal(door.wakes, i);
		rig_clock.skipped += LISTENER_REST_MS;
		rig.loop.now = clock_ms();
	}
	assert_int_equal(door.n, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	rig_run(&rig, 10);
	assert_int_equal(door.n, 1);
	sock_close(fd, false);
	stop();
}

/* Who comes to a paused listener waits for its going on. */
static void paused(void **state)
{
	int fd;

	(void)state;
	start("127.0.0.1");
	listener_pause(&door.listener, true);
	fd = dial(&door.listener);
	rig_run(&rig, 10);
	assert_int_equal(door.wakes, 0);
	listener_pause(&door.listener, false);
	rig_run(&rig, 10);
	assert_int_equal(door.n, 1);
	sock_close(fd, false);
	stop();
	listener_pause(&door.listener, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paused),
		cmocka_unit_test(all_who_come),
		cmocka_unit_test(every_address),
		cmocka_unit_test(what_cannot_be_had),
		cmocka_unit_test(out_of_descriptors),
		cmocka_unit_test(no_spare_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
