/* rig - what the tests of os/ and net/ share: a loop whose turns are counted
 * and limited and allocate nothing, a net on it whose books are checked at the
 * end, connections.
 *
 * It stands in for os/clock.c: the loop reads the clock once a turn, so that
 * turns can be counted there, and time can be skipped.
 */
#ifndef NAT_T_UNIT_RIG_H
#define NAT_T_UNIT_RIG_H

#include "unit.h"
#include "alloc.h"
#include "net/net.h"
#include "os/clock.h"
#include "os/sock.h"
#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>

/* Turns of the loop since the start; a test fails at most (0: never). */
static struct {
	int turns, most;
	int64_t skipped; /* ms */
} rig_clock;

int64_t clock_ms(void)
{
	struct timespec ts;

	if (++rig_clock.turns == rig_clock.most)
		fail_msg("still at it after %d turns", rig_clock.turns);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return rig_clock.skipped + (int64_t)ts.tv_sec * 1000 +
	       ts.tv_nsec / 1000000;
}

int64_t clock_unix(void)
{
	return (int64_t)time(NULL) + rig_clock.skipped / 1000;
}

/* Descriptors open. */
static inline int rig_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

struct rig {
	struct loop loop;
	struct net net;
	struct log log;
	struct timer end;
	struct soon turn;
	int turns; /* still to go */
	int fds;   /* open before */
	bool late, has_net;
};

static inline void rig_line(struct log *log, enum log_level level,
			    struct bytes line)
{
	(void)log, (void)level, (void)line;
}

static inline void rig_late(struct timer *t)
{
	struct rig *r = container_of(t, struct rig, end);

	r->late = r->loop.quit = true;
}

static inline void rig_turn(struct soon *s)
{
	struct rig *r = container_of(s, struct rig, turn);

	if (r->turns-- > 0)
		soon_start(s, &r->loop);
	else
		r->loop.quit = true;
}

/* limits NULL: a loop alone. Each test has 15 s and most turns. */
static inline void rig_start(struct rig *r, const struct net_limits *limits,
			     int most)
{
	alarm(15 * unit_slow());
	*r = (struct rig){ .fds = rig_fds(), .log.line = rig_line };
	rig_clock.turns = 0;
	rig_clock.most = most;
	rig_clock.skipped = 0;
	assert_int_equal(loop_open(&r->loop, 1024), 0);
	timer_init(&r->end, rig_late);
	soon_init(&r->turn, rig_turn);
	if (!limits)
		return;
	assert_int_equal(net_start(&r->net, &r->loop, &r->log, limits), 0);
	r->has_net = true;
}

/* Nothing borrowed, nothing left open. */
static inline void rig_check(struct rig *r)
{
	assert_int_equal(r->net.bufs.pool.out, 0);
	assert_true(list_alone(&r->net.bufs.waiting));
	assert_int_equal(r->net.pipes.open, r->net.pipes.nidle);
}

static inline void rig_stop(struct rig *r)
{
	if (r->has_net) {
		rig_check(r);
		net_stop(&r->net);
	}
	loop_close(&r->loop);
	assert_int_equal(rig_fds(), r->fds);
	alarm(0);
}

/* For what ends by quit: it costs nobody time, and machines can be slow. */
#define RIG_PATIENCE_MS ((int64_t)unit_slow() * 60000)

/* Until somebody sets quit, at most ms. How many turns it took. */
static inline int rig_run(struct rig *r, int64_t ms)
{
	int before = rig_clock.turns;
	unsigned allocs = alloc_calls();

	r->late = r->loop.quit = false;
	timer_start(&r->end, &r->loop, r->loop.now + ms);
	assert_int_equal(loop_run(&r->loop), 0);
	timer_stop(&r->end, &r->loop);
	assert_int_equal(alloc_calls(), allocs);
	return rig_clock.turns - before;
}

/* So many turns, without waiting. */
static inline void rig_turns(struct rig *r, int n)
{
	unsigned allocs = alloc_calls();

	r->turns = n;
	r->loop.quit = false;
	soon_start(&r->turn, &r->loop);
	assert_int_equal(loop_run(&r->loop), 0);
	soon_stop(&r->turn);
	assert_int_equal(alloc_calls(), allocs);
}

static inline void rig_option(int fd, int name, int value)
{
	if (value)
		assert_int_equal(
			setsockopt(fd, SOL_SOCKET, name, &value, sizeof value),
			0);
}

/* Two ends of a stream within the system, with socket buffers of that size (0:
 * as they come).
 */
static inline void rig_pair(int ends[2], int size)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
		rig_option(ends[i], SO_SNDBUF, size);
	}
}

/* Listens on a free port of 127.0.0.1. */
static inline int rig_listen(struct addr *at)
{
	int fd;

	*at = (struct addr){ .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
	fd = sock_listen(at);
	assert_true(fd >= 0);
	assert_int_equal(sock_here(fd, at), 0);
	return fd;
}

/* The same over TCP: ends[0] has connected to ends[1]. */
static inline void rig_tcp(int ends[2], int size)
{
	struct addr at, from;
	int fd = rig_listen(&at);

	rig_option(fd, SO_RCVBUF, size);
	ends[0] = sock_connect(&at);
	assert_true(ends[0] >= 0);
	ends[1] = -1;
	while (ends[1] < 0)
		ends[1] = sock_accept(fd, &from);
	sock_close(fd, false);
	for (int i = 0; i < 2; i++) {
		sock_tune(ends[i]);
		rig_option(ends[i], SO_SNDBUF, size);
		rig_option(ends[i], SO_RCVBUF, size);
	}
}

#endif
