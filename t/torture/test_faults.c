/* What src/os and src/net do when the system says no: each call of an operation
 * fails once, one after the other, and whatever the outcome, nothing is left
 * open or mapped.
 */
#include "t/unit/rig.h"
#include "net/listener.h"
#include "net/reread.h"
#include "net/udp.h"
#include "os/console.h"
#include "os/file.h"
#include "os/spool.h"
#include "os/loop.h"
#include "os/signal.h"
#include "t/torture/wrap.h"
#include <errno.h>
#include <sys/stat.h>

/* Counted elsewhere (t/unit/alloc.c): wrap.c has mmap to itself here. */
unsigned alloc_calls(void)
{
	return 0;
}

static const struct net_limits limits = { .memory = 1 << 20 };
static const struct addr here = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };

/* ---- starting ---- */

static int closed(int fd)
{
	if (fd >= 0)
		sock_close(fd, false);
	return fd < 0 ? fd : 0;
}

static int try_listen(struct rig *r)
{
	(void)r;
	return closed(sock_listen(&here));
}

static struct addr listening; /* somebody does, there */

static int try_connect(struct rig *r)
{
	(void)r;
	return closed(sock_connect(&listening));
}

static int try_pipe(struct rig *r)
{
	int ends[2] = { -1, -1 }, rc = sock_pipe(ends, 65536);

	(void)r;
	for (int i = 0; i < 2 && rc == 0; i++)
		sock_close(ends[i], false);
	if (rc < 0)
		assert_true(ends[0] < 0 && ends[1] < 0);
	return rc;
}

static void come(struct listener *l)
{
	(void)l;
}

static int try_listener(struct rig *r)
{
	struct listener l;
	int rc = listener_start(&l, &r->net, BYTES("127.0.0.1"), 0, come);

	if (rc == 0)
		listener_stop(&l);
	return rc;
}

static void come_udp(struct udp *u)
{
	(void)u;
}

static int try_udp(struct rig *r)
{
	struct udp u;
	int rc = udp_bind(&u, &r->net, BYTES("127.0.0.1"), 0, come_udp);

	if (rc == 0)
		udp_stop(&u);
	return rc;
}

static int try_udp_peer(struct rig *r)
{
	struct addr peer = here;
	struct udp u;
	int rc;

	peer.port = 9;
	rc = udp_connect(&u, &r->net, &peer, come_udp);
	if (rc == 0)
		udp_stop(&u);
	return rc;
}

static void ignore(struct signals *s, unsigned what)
{
	(void)s, (void)what;
}

static int try_signals(struct rig *r)
{
	struct signals s;
	int rc = signals_start(&s, &r->loop, ignore);

	if (rc == 0)
		signals_stop(&s);
	return rc;
}

static int try_net(struct rig *r)
{
	struct net net;
	int rc = net_start(&net, &r->loop, &r->log, &limits);

	if (rc == 0)
		net_stop(&net);
	return rc;
}

static int try_loop(struct rig *r)
{
	struct loop l;
	int rc = loop_open(&l, 1024);

	(void)r;
	if (rc == 0)
		loop_close(&l);
	return rc;
}

static const struct {
	int (*try)(struct rig *r);
	const char *call;
	int error, result; /* whichever of the calls it is that fails */
} starts[] = {
	{ try_listen, "socket", EMFILE, -NAT_EFILES },
	{ try_listen, "bind", EADDRINUSE, -NAT_EINUSE },
	{ try_listen, "listen", EADDRINUSE, -NAT_EINUSE },
	{ try_listen, "setsockopt", ENOPROTOOPT, 0 },
	{ try_listen, "close", EIO, 0 },
	{ try_connect, "socket", ENFILE, -NAT_EFILES },
	{ try_connect, "connect", ENETUNREACH, -NAT_EUNREACH },
	{ try_pipe, "pipe", EMFILE, -NAT_EFILES },
	{ try_pipe, "fcntl", EPERM, -NAT_EACCESS },
	{ try_listener, "getsockname", ENOBUFS, -NAT_EMEMORY },
	{ try_listener, "bind", EACCES, -NAT_EACCESS },
	{ try_udp, "socket", EMFILE, -NAT_EFILES },
	{ try_udp, "bind", EADDRINUSE, -NAT_EINUSE },
	{ try_udp, "getsockname", ENOBUFS, -NAT_EMEMORY },
	{ try_udp_peer, "connect", ENETUNREACH, -NAT_EUNREACH },
	{ try_udp_peer, "getsockname", ENOBUFS, -NAT_EMEMORY },
	{ try_udp, "fcntl", EPERM, -NAT_EACCESS },
	{ try_signals, "pipe", EMFILE, -NAT_EFILES },
	{ try_signals, "fcntl", EPERM, -NAT_EACCESS },
	{ try_net, "mmap", ENOMEM, -NAT_EMEMORY },
	{ try_net, "open", EMFILE, 0 }, /* the spare descriptor */
	{ try_loop, "epoll_create1", EMFILE, -NAT_EFILES },
	{ try_loop, "mmap", ENOMEM, -NAT_EMEMORY },
};

/* The n-th call fails, for each n that there is. */
static void starts_or_leaves_nothing(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_start(&r, &limits, 100);
	fd = rig_listen(&listening);
	for (size_t i = 0; i < COUNT(starts); i++) {
		size_t mapped = wrap_mapped();
		int fds = rig_fds(), rc;

		for (unsigned at = 1;; at++) {
			wrap_plan(starts[i].call, at, 1, starts[i].error);
			rc = starts[i].try(&r);
			if (wrap_hits() == 0)
				break;
			assert_int_equal(rc, starts[i].result);
			assert_int_equal(rig_fds(), fds);
			assert_int_equal(wrap_mapped(), mapped);
		}
		assert_int_equal(rc, 0);
	}
	wrap_plan("", 0, 0, 0);
	close(fd);
	rig_stop(&r);
}

/* Unlike the others, the calls that undo a start must not fail as well. */
static void signals_are_caught_or_not_there(void **state)
{
	struct rig r;
	unsigned at = 1;
	int rc;

	(void)state;
	rig_start(&r, NULL, 100);
	do {
		int fds = rig_fds();

		wrap_plan("sigaction", at++, 1, EINVAL);
		rc = try_signals(&r);
		assert_int_equal(rig_fds(), fds);
	} while (rc == -NAT_EINVAL);
	assert_int_equal(rc, 0);
	assert_true(at > 2);
	wrap_plan("", 0, 0, 0);
	rig_stop(&r);
}

/* ---- the loop ---- */

struct ear {
	struct io io;
	struct rig *rig;
	int times;
};

static void heard(struct io *io, unsigned what)
{
	struct ear *e = container_of(io, struct ear, io);

	assert_int_equal(what, LOOP_IN);
	e->times++;
	e->rig->loop.quit = true;
}

static void ear_init(struct ear *e, struct rig *r)
{
	*e = (struct ear){ .rig = r };
	io_init(&e->io, heard);
}

/* What the kernel refuses to watch is asked for again, and not in a spin. */
static void watches_when_it_can(void **state)
{
	struct rig r;
	struct ear e;
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(ends, 0);
	ear_init(&e, &r);
	assert_int_equal(write(ends[1], "x", 1), 1);
	wrap_plan("epoll_ctl", 1, 3, ENOMEM);
	io_start(&e.io, &r.loop, ends[0], LOOP_IN);
	assert_in_range(rig_run(&r, 3000), 1, 8);
	assert_int_equal(e.times, 1);
	assert_true(wrap_seen() == 0 || wrap_hits() == 3);
	io_stop(&e.io);
	for (int i = 0; i < 2; i++)
		close(ends[i]);
	rig_stop(&r);
}

/* A handle that has moved is not woken, though the kernel would not learn of the
 * new one at first.
 */
static void forgets_who_has_moved(void **state)
{
	struct rig r;
	struct ear from, to;
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(ends, 0);
	ear_init(&from, &r);
	ear_init(&to, &r);
	io_start(&from.io, &r.loop, ends[0], LOOP_IN);
	rig_run(&r, 1);
	io_move(&to.io, &from.io);
	memset(&from.io, 0xa5, sizeof from.io);
	assert_int_equal(write(ends[1], "x", 1), 1);
	wrap_plan("epoll_ctl", 1, 2, ENOMEM);
	rig_run(&r, 3000);
	assert_int_equal(to.times, 1);
	io_stop(&to.io);
	for (int i = 0; i < 2; i++)
		close(ends[i]);
	rig_stop(&r);
}

static void waits_on_when_interrupted(void **state)
{
	static const char *const calls[] = { "epoll_wait", "select" };
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 100);
	for (size_t i = 0; i < COUNT(calls); i++) {
		wrap_plan(calls[i], 1, 5, EINTR);
		rig_run(&r, 2);
		assert_true(r.late);
	}
	rig_stop(&r);
}

struct awake {
	struct signals signals;
	struct rig *rig;
	unsigned what;
};

static void note(struct signals *s, unsigned what)
{
	struct awake *a = container_of(s, struct awake, signals);

	a->what |= what;
	a->rig->loop.quit = true;
}

/* The pipe that wakes the loop: no signal is lost on its way, nor at its end. */
static void no_signal_is_lost(void **state)
{
	static const char *const calls[] = { "wake", "read" };
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 100);
	for (size_t i = 0; i < COUNT(calls); i++) {
		struct awake a = { .rig = &r };

		assert_int_equal(signals_start(&a.signals, &r.loop, note), 0);
		wrap_plan(calls[i], 1, 3, EINTR);
		assert_int_equal(raise(SIGINT), 0);
		for (int n = 0; n < 5 && !a.what; n++)
			rig_run(&r, 1000);
		assert_int_equal(wrap_hits(), 3);
		assert_int_equal(a.what, SIGNAL_STOP);
		signals_stop(&a.signals);
	}
	rig_stop(&r);
}

/* ---- files ---- */

static char path[64], fresh[72];

static void file_is(const char *text)
{
	char to[64];
	long n = file_read_secret(path, SPAN(to));

	assert_int_equal(n, strlen(text));
	assert_memory_equal(to, text, strlen(text));
}

/* By bytes, and interrupted: it is all there. */
static void files_in_pieces(void **state)
{
	static const struct {
		const char *call;
		int error;
	} rows[] = {
		{ "write", WRAP_SHORT },
		{ "write", EINTR },
		{ "read", WRAP_SHORT },
		{ "read", EINTR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		unlink(path);
		wrap_plan(rows[i].call, 1, 9, rows[i].error);
		assert_int_equal(file_write_secret(path, BYTES("a secret")), 0);
		file_is("a secret");
		assert_true(wrap_hits() > 7);
	}
}

/* The new one or the old one, whole, and no rubbish. */
static void files_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *call;
		int error, result;
	} rows[] = {
		{ "open", EMFILE, -NAT_EFILES },
		{ "write", ENOSPC, -NAT_EIO },
		{ "fsync", EIO, -NAT_EIO },
		{ "rename", EACCES, -NAT_EACCESS },
		{ "close", EIO, 0 },
	};
	int fds = rig_fds();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		wrap_plan("", 0, 0, 0);
		assert_int_equal(file_write_secret(path, BYTES("old")), 0);
		wrap_plan(rows[i].call, 1, 1, rows[i].error);
		assert_int_equal(file_write_secret(path, BYTES("new")),
				 rows[i].result);
		assert_int_equal(wrap_hits(), 1);
		assert_int_equal(rig_fds(), fds);
		assert_false(file_exists(fresh));
		file_is(rows[i].result ? "old" : "new");
	}
	unlink(path);
}

/* What fails half-way is written over by what comes next. */
static void spool_says_why_not(void **state)
{
	static const struct {
		const char *call;
		int error, result;
	} rows[] = {
		{ "lseek", EINVAL, -NAT_EINVAL },
		{ "write", ENOSPC, -NAT_EIO },
		{ "write", WRAP_SHORT, 0 },
		{ "write", EINTR, 0 },
		{ "fdatasync", EIO, -NAT_EIO },
		{ "sync_file_range", EINVAL, 0 },
		{ "ftruncate", EIO, -NAT_EIO },
		{ "ftruncate", EINTR, 0 },
	};
	int fds = rig_fds(), fd = spool_open(path, true);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		int rc;

		wrap_plan(rows[i].call, 1, 1, rows[i].error);
		rc = spool_write(fd, 0, BYTES("text"));
		spool_hurry(fd);
		rc = rc == 0 ? spool_sync(fd) : rc;
		rc = rc == 0 ? spool_cut(fd, 4) : rc;
		assert_int_equal(rc, rows[i].result);
		assert_int_equal(wrap_hits(), 1);
	}
	wrap_plan("flock", 1, 1, ENOLCK);
	assert_true(spool_open(fresh, true) < 0);
	wrap_plan("open", 1, 1, EMFILE);
	assert_int_equal(spool_open(fresh, true), -NAT_EFILES);
	wrap_plan("read", 1, 1, EIO);
	assert_int_equal(spool_read(fd, SPAN(fresh)), -NAT_EIO);
	wrap_plan("", 0, 0, 0);
	spool_close(fd);
	file_is("text");
	assert_int_equal(rig_fds(), fds);
	spool_remove(fresh);
	spool_remove(path);
}

static void reading_says_why_not(void **state)
{
	static const struct {
		const char *call;
		int error, result;
	} rows[] = {
		{ "open", ENFILE, -NAT_EFILES },
		{ "fstat", EIO, -NAT_EIO },
		{ "read", EIO, -NAT_EIO },
	};
	int fds = rig_fds();
	uint8_t to[64];

	(void)state;
	assert_int_equal(file_write_secret(path, BYTES("text")), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		wrap_plan(rows[i].call, 1, 1, rows[i].error);
		assert_int_equal(file_read_secret(path, SPAN(to)),
				 rows[i].result);
		assert_int_equal(rig_fds(), fds);
	}
	unlink(path);
}

static void lines_survive_signals(void **state)
{
	static const char *const calls[] = { "poll", "write" };
	struct console c;

	(void)state;
	for (size_t i = 0; i < COUNT(calls); i++) {
		wrap_plan("", 0, 0, 0);
		assert_int_equal(console_open(&c, path, false), 0);
		wrap_plan(calls[i], 1, 3, EINTR);
		log_info(&c.log, "nat", "said");
		assert_int_equal(wrap_hits(), 3);
		console_close(&c);
		assert_int_equal(chmod(path, 0600), 0);
		file_is("info nat: said\n");
		unlink(path);
	}
}

/* It has not changed since, but now it can be read; told once each. */
static void unreadable_is_read_again(void **state)
{
	static const char *const calls[] = { "open", "fstat", "read" };
	uint8_t room[64];
	struct reread r;

	(void)state;
	wrap_plan("", 0, 0, 0);
	assert_int_equal(file_write_secret(path, BYTES("names")), 0);
	for (size_t i = 0; i < COUNT(calls); i++) {
		reread_init(&r, path, SPAN(room));
		wrap_plan(calls[i], 1, 2, EIO);
		assert_true(reread_look(&r, 0));
		assert_int_equal(r.err, -NAT_EIO);
		assert_false(reread_look(&r, REREAD_MS));
		assert_true(reread_look(&r, 2 * REREAD_MS));
		assert_int_equal(r.err, 0);
		assert_bytes_equal(r.text, BYTES("names"));
		assert_false(reread_look(&r, 3 * REREAD_MS));
	}
	unlink(path);
}

/* A file that cannot be looked at is not absent: it would be made anew. */
static void absent_is_certain(void **state)
{
	static const int errors[] = { EIO, EACCES, ENOMEM };

	(void)state;
	wrap_plan("", 0, 0, 0);
	assert_false(file_exists(path));
	for (size_t i = 0; i < COUNT(errors); i++) {
		wrap_plan("stat", 1, 1, errors[i]);
		assert_true(file_exists(path));
		assert_int_equal(wrap_hits(), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_or_leaves_nothing),
		cmocka_unit_test(signals_are_caught_or_not_there),
		cmocka_unit_test(watches_when_it_can),
		cmocka_unit_test(forgets_who_has_moved),
		cmocka_unit_test(waits_on_when_interrupted),
		cmocka_unit_test(no_signal_is_lost),
		cmocka_unit_test(files_in_pieces),
		cmocka_unit_test(files_whole_or_not_at_all),
		cmocka_unit_test(spool_says_why_not),
		cmocka_unit_test(reading_says_why_not),
		cmocka_unit_test(lines_survive_signals),
		cmocka_unit_test(unreadable_is_read_again),
		cmocka_unit_test(absent_is_certain),
	};

	snprintf(path, sizeof path, "/tmp/nat-faults-%d", (int)getpid());
	snprintf(fresh, sizeof fresh, "%s.new", path);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
