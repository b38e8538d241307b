#include "rig.h"
#include "os/sys.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/resource.h>

static const struct addr loopbacks[] = {
	{ .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } },
	{ .family = ADDR_IP6, .ip = { [15] = 1 } },
};

/* Waits, at most 2 s. */
static void until(int fd, short what)
{
	struct pollfd p = { .fd = fd, .events = what };

	assert_int_equal(poll(&p, 1, 2000), 1);
}

static void check_flags(int fd)
{
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof value;

	assert_int_equal(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

/* A connection to at: who connects, who accepted. */
static void connect_to(const struct addr *at, int listener, int ends[2])
{
	struct addr from, a, b;

	ends[0] = sock_connect(at);
	assert_true(ends[0] >= 0);
	until(ends[0], POLLOUT);
	assert_int_equal(sock_connected(ends[0]), 0);
	until(listener, POLLIN);
	ends[1] = sock_accept(listener, &from);
	assert_true(ends[1] >= 0);
	check_flags(ends[0]);
	check_flags(ends[1]);
	assert_int_equal(sock_here(ends[0], &a), 0);
	assert_int_equal(sock_there(ends[1], &b), 0);
	assert_int_equal(a.family, b.family);
	assert_int_equal(from.port, b.port);
	assert_true(addr_same_ip(&a, &b) && addr_same_ip(&from, &b));
}

static void tcp(int ends[2])
{
	struct addr at;
	int fd = rig_listen(&at);

	connect_to(&at, fd, ends);
	sock_close(fd, false);
}

static void both_families(void **state)
{
	int fds = rig_fds();

	(void)state;
	for (size_t i = 0; i < COUNT(loopbacks); i++) {
		struct addr at = loopbacks[i], from;
		int fd = sock_listen(&at), ends[2];

		if (fd == -NAT_EADDR || fd == -NAT_ENOTSUP)
			continue; /* no IPv6 here */
		assert_true(fd >= 0);
		check_flags(fd);
		assert_int_equal(sock_here(fd, &at), 0);
		assert_true(at.port > 0 && addr_same_ip(&at, &loopbacks[i]));
		assert_int_equal(sock_accept(fd, &from), -NAT_EAGAIN);
		assert_int_equal(sock_listen(&at), -NAT_EINUSE);
		connect_to(&at, fd, ends);
		for (int k = 0; k < 2; k++)
			sock_close(ends[k], false);
		sock_close(fd, false);
		until(fd = sock_connect(&at), POLLOUT);
		assert_int_equal(sock_connected(fd), -NAT_EREFUSED);
		sock_close(fd, false);
	}
	assert_int_equal(rig_fds(), fds);
}

/* The wildcard of IPv6 serves IPv4; who comes is an IPv4-mapped address. */
static void wildcard_serves_both(void **state)
{
	struct addr at = { .family = ADDR_IP6 }, to = loopbacks[0];
	int fd = sock_listen(&at), ends[2];

	(void)state;
	if (fd == -NAT_EADDR || fd == -NAT_ENOTSUP)
		skip();
	assert_true(fd >= 0);
	assert_int_equal(sock_here(fd, &at), 0);
	to.port = at.port;
	ends[0] = sock_connect(&to);
	until(fd, POLLIN);
	ends[1] = sock_accept(fd, &at);
	assert_true(ends[1] >= 0);
	assert_true(addr_same_ip(&at, &to));
	for (int i = 0; i < 2; i++)
		sock_close(ends[i], false);
	sock_close(fd, false);
}

static void unix_sockets(void **state)
{
	struct addr at = { .family = ADDR_UNIX }, from;
	char dir[] = "/tmp/nat-sock-XXXXXX", path[64], longer[200];
	int fd, ends[2];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	at.path = path;
	assert_int_equal(sock_connect(&at), -NAT_ENOENT);
	fd = sock_listen(&at);
	assert_true(fd >= 0);
	ends[0] = sock_connect(&at);
	assert_true(ends[0] >= 0);
	ends[1] = sock_accept(fd, &from);
	assert_true(ends[1] >= 0);
	assert_int_equal(from.family, ADDR_UNIX);
	assert_int_equal(sock_send(ends[0], BYTES("x")), 1);
	for (int i = 0; i < 2; i++)
		sock_close(ends[i], false);
	sock_close(fd, false);
	assert_int_equal(sock_connect(&at), -NAT_EREFUSED);
	unlink(path);
	rmdir(dir);
	memset(longer, 'x', sizeof longer);
	longer[sizeof longer - 1] = '\0';
	at.path = longer;
	assert_int_equal(sock_connect(&at), -NAT_EINVAL);
	assert_int_equal(sock_listen(&at), -NAT_EINVAL);
}

static void scopes(void **state)
{
	(void)state;
	assert_true(sock_scope(BYTES("lo")) > 0);
	assert_int_equal(sock_scope(BYTES("")), 0);
	assert_int_equal(sock_scope(BYTES("nosuchdevice")), 0);
	assert_int_equal(sock_scope(BYTES("a name that is far too long")), 0);
}

static void no_such_address(void **state)
{
	struct addr doc = { .family = ADDR_IP4, .ip = { 192, 0, 2, 1 } };
	struct addr none = { 0 };

	(void)state;
	assert_int_equal(sock_listen(&doc), -NAT_EADDR);
	assert_int_equal(sock_listen(&none), -NAT_EINVAL);
	assert_int_equal(sock_connect(&none), -NAT_EINVAL);
}

static long receive(int fd, struct span to)
{
	until(fd, POLLIN);
	return sock_recv(fd, to);
}

/* Each end in turn is silent while the other goes on. */
static void half_close(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		int ends[2];
		uint8_t to[8];

		tcp(ends);
		assert_int_equal(sock_recv(ends[i], SPAN(to)), -NAT_EAGAIN);
		assert_int_equal(sock_send(ends[i], BYTES("ab")), 2);
		sock_finish(ends[i]);
		assert_int_equal(sock_send(ends[i], BYTES("c")), -NAT_ERESET);
		assert_int_equal(receive(ends[!i], SPAN(to)), 2);
		assert_memory_equal(to, "ab", 2);
		assert_int_equal(receive(ends[!i], SPAN(to)), 0);
		assert_int_equal(sock_send(ends[!i], BYTES("xyz")), 3);
		assert_int_equal(receive(ends[i], SPAN(to)), 3);
		sock_close(ends[!i], false);
		assert_int_equal(receive(ends[i], SPAN(to)), 0);
		sock_close(ends[i], false);
	}
}

static void reset(void **state)
{
	int ends[2];
	uint8_t to[8];

	(void)state;
	tcp(ends);
	assert_int_equal(sock_send(ends[0], BYTES("x")), 1);
	sock_close(ends[1], true);
	assert_int_equal(receive(ends[0], SPAN(to)), -NAT_ERESET);
	assert_int_equal(sock_send(ends[0], BYTES("x")), -NAT_ERESET);
	sock_close(ends[0], false);
}

/* Full: not now. Once the reader has read, again. Nothing unacknowledged is
 * left when all was read.
 */
static void full_and_unacknowledged(void **state)
{
	static uint8_t much[1 << 16];
	int ends[2];
	long n, sent = 0, got = 0;

	(void)state;
	tcp(ends);
	assert_int_equal(sock_unacked(ends[0]), 0);
	while ((n = sock_send(ends[0], (struct bytes){ much, sizeof much })) >
	       0)
		sent += n;
	assert_int_equal(n, -NAT_EAGAIN);
	assert_true(sock_unacked(ends[0]) > 0);
	while (got < sent) {
		n = receive(ends[1], SPAN(much));
		assert_true(n > 0);
		got += n;
	}
	for (int i = 0; sock_unacked(ends[0]) && i < 100; i++)
		poll(NULL, 0, 1);
	assert_int_equal(sock_unacked(ends[0]), 0);
	assert_int_equal(sock_send(ends[0], BYTES("x")), 1);
	sock_close(ends[0], false);
	sock_close(ends[1], false);
}

/* Who connects is tuned by hand, who is accepted is by then. */
static void tuned(void **state)
{
	int ends[2];

	(void)state;
	tcp(ends);
	sock_tune(ends[0]);
	sock_user_timeout(ends[0], 20000);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(option(ends[i], IPPROTO_TCP, TCP_NODELAY), 1);
		assert_int_equal(option(ends[i], SOL_SOCKET, SO_KEEPALIVE), 1);
#if defined(TCP_KEEPIDLE)
		assert_int_equal(option(ends[i], IPPROTO_TCP, TCP_KEEPIDLE),
				 20);
		assert_int_equal(option(ends[i], IPPROTO_TCP, TCP_KEEPINTVL),
				 8);
		assert_int_equal(option(ends[i], IPPROTO_TCP, TCP_KEEPCNT), 3);
#endif
	}
#if defined(TCP_USER_TIMEOUT)
	assert_int_equal(option(ends[0], IPPROTO_TCP, TCP_USER_TIMEOUT), 20000);
#endif
	sock_close(ends[0], false);
	sock_close(ends[1], false);
}

/* ---- splice: to a pipe and from it ---- */

static void from_socket_to_pipe_and_back(void **state)
{
	int a[2], b[2], pipe[2];
	uint8_t to[64];
	long n;

	(void)state;
	tcp(a);
	tcp(b);
	assert_int_equal(sock_pipe(pipe, 65536), 0);
	check_flags(pipe[0]);
	check_flags(pipe[1]);
	n = sock_splice(a[1], pipe[1], 100);
	if (n == -NAT_ENOTSUP)
		goto out;
	assert_int_equal(n, -NAT_EAGAIN);
	assert_int_equal(sock_splice(pipe[0], b[0], 100), -NAT_EAGAIN);
	assert_int_equal(sock_send(a[0], BYTES("splice")), 6);
	until(a[1], POLLIN);
	assert_int_equal(sock_splice(a[1], pipe[1], 4), 4);
	assert_int_equal(sock_splice(a[1], pipe[1], 100), 2);
	assert_int_equal(sock_splice(pipe[0], b[0], 3), 3);
	assert_int_equal(sock_splice(pipe[0], b[0], 100), 3);
	assert_int_equal(receive(b[1], SPAN(to)), 6);
	assert_memory_equal(to, "splice", 6);
	sock_finish(a[0]);
	until(a[1], POLLIN);
	assert_int_equal(sock_splice(a[1], pipe[1], 100), 0);
	assert_int_equal(sock_splice(a[1], b[0], 100), -NAT_ENOTSUP);
	sock_close(b[1], true);
	assert_int_equal(write(pipe[1], "x", 1), 1);
	until(b[0], POLLIN);
	assert_int_equal(sock_splice(pipe[0], b[0], 1), -NAT_ERESET);
	b[1] = -1;
out:
	sock_close(pipe[0], false);
	sock_close(pipe[1], false);
	for (int i = 0; i < 2; i++) {
		sock_close(a[i], false);
		if (b[i] >= 0)
			sock_close(b[i], false);
	}
}

/* A full pipe takes no more, and says the same as an empty socket does. */
static void pipe_of_a_size(void **state)
{
	static const size_t sizes[] = { 4096, 65536, 262144 };
	static uint8_t zeros[4096];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		int pipe[2];
		size_t n = 0;

		assert_int_equal(sock_pipe(pipe, sizes[i]), 0);
		while (write(pipe[1], zeros, sizeof zeros) > 0)
			n += sizeof zeros;
		assert_int_equal(n, sizes[i]);
		sock_close(pipe[0], false);
		sock_close(pipe[1], false);
	}
}

/* ---- the rest ---- */

static void own_address(void **state)
{
	struct addr a = { 0 };
	int rc = sock_own_addr(&a), fds = rig_fds();

	(void)state;
	if (rc == 0)
		assert_true(a.family == ADDR_IP4 || a.family == ADDR_IP6);
	else
		assert_int_equal(rc, -NAT_EUNREACH);
	assert_int_equal(sock_own_addr(&a), rc);
	assert_int_equal(rig_fds(), fds);
}

/* Out of descriptors: the spare gives way, and can be had again. */
static void spare(void **state)
{
	struct rlimit old, few;
	struct addr at, from;
	int fd, to, held, one;

	(void)state;
	unit_needs_fd_limit();
	fd = rig_listen(&at);
	to = sock_connect(&at);
	held = sock_spare();
	assert_true(held >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)held + 1;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	until(fd, POLLIN);
	assert_int_equal(sock_accept(fd, &from), -NAT_EFILES);
	assert_int_equal(sock_spare(), -NAT_EFILES);
	sock_close(held, false);
	one = sock_accept(fd, &from);
	assert_int_equal(one, held);
	sock_close(one, true);
	sock_close(to, false);
	sock_close(fd, false);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

/* As far as is asked for and the hard limit lets; never down. */
static void raised(void **state)
{
	struct rlimit old, now;

	(void)state;
	unit_needs_fd_limit();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	now = (struct rlimit){ 100, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(sock_raise_fds(120), 120);
	assert_int_equal(sock_raise_fds(110), 120);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
	assert_int_equal(now.rlim_cur, 120);
	assert_int_equal(sock_raise_fds(SIZE_MAX),
			 old.rlim_max < 1 << 20 ? old.rlim_max : 1 << 20);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void errno_in_our_words(void **state)
{
	static const struct {
		int sys, nat;
	} rows[] = {
		{ EAGAIN, NAT_EAGAIN },      { EINTR, NAT_EAGAIN },
		{ EWOULDBLOCK, NAT_EAGAIN }, { ECONNRESET, NAT_ERESET },
		{ EPIPE, NAT_ERESET },       { EMFILE, NAT_EFILES },
		{ EDOM, NAT_EIO },           { 0, NAT_EIO },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		errno = rows[i].sys;
		assert_int_equal(sys_err(), -rows[i].nat);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_families),
		cmocka_unit_test(wildcard_serves_both),
		cmocka_unit_test(unix_sockets),
		cmocka_unit_test(scopes),
		cmocka_unit_test(no_such_address),
		cmocka_unit_test(half_close),
		cmocka_unit_test(reset),
		cmocka_unit_test(full_and_unacknowledged),
		cmocka_unit_test(tuned),
		cmocka_unit_test(from_socket_to_pipe_and_back),
		cmocka_unit_test(pipe_of_a_size),
		cmocka_unit_test(own_address),
		cmocka_unit_test(spare),
		cmocka_unit_test(raised),
		cmocka_unit_test(errno_in_our_words),
	};

	alarm(5);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
