#include "os/native.h"
#include "os/sock.h"
#include "os/borrow.h"
#include "os/sockaddr.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if !defined(MSG_NOSIGNAL)
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it */
#endif

/* macOS has other names; the last is in seconds there and on FreeBSD. */
#if defined(__APPLE__)
#define TCP_KEEPIDLE TCP_KEEPALIVE
#define TCP_MAXUNACKTIME TCP_RXT_CONNDROPTIME
#endif

enum { BACKLOG = 4096, KEEP_IDLE = 20, KEEP_EVERY = 8, KEEP_PROBES = 3 };

static void set(int fd, int level, int name, int value)
{
	/* Every option set here only makes things better: none is a must. */
	if (setsockopt(fd, level, name, &value, sizeof value) < 0)
		return;
}

static int no_sigpipe(int fd)
{
#if defined(SO_NOSIGPIPE)
	set(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
	return fd;
}

static int open_socket(int family, int type)
{
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	return fd < 0 ? sys_err() : no_sigpipe(fd);
#else
	int fd = sys_own(socket(family, type, 0));

	return fd < 0 ? fd : no_sigpipe(fd);
#endif
}

int sock_listen(const struct addr *at)
{
	struct sockaddr_storage sa;
	socklen_t n = sockaddr_of(&sa, at);
	int fd = n ? open_socket(sa.ss_family, SOCK_STREAM) : -NAT_EINVAL, rc;

	if (fd < 0)
		return fd;
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	sock_tune(fd);
	if (at->family == ADDR_IP6)
		set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (sockaddr_bind(fd, &sa, n) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	rc = sys_err();
	close(fd);
	return rc;
}

int sock_accept(int fd, struct addr *from)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;
	int got;

#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	got = accept4(fd, (struct sockaddr *)&sa, &n,
		      SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (got < 0)
		return sys_err();
#else
	got = sys_own(accept(fd, (struct sockaddr *)&sa, &n));
	if (got < 0)
		return got;
#endif
	addr_of(from, &sa);
#if !defined(__linux__) /* which inherits what sock_listen has set */
	sock_tune(got);
#endif
	return no_sigpipe(got);
}

int sock_connect_as(const struct addr *to, const struct addr *as)
{
	struct sockaddr_storage sa;
	socklen_t n = sockaddr_of(&sa, to);
	int fd = n ? open_socket(sa.ss_family, SOCK_STREAM) : -NAT_EINVAL;
	int rc = 0;

	if (fd < 0)
		return fd;
	if (as)
		rc = borrow_addr(fd, as, to->family);
	if (rc == 0 && connect(fd, (struct sockaddr *)&sa, n) < 0 &&
	    errno != EINPROGRESS)
		rc = sys_err();
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

uint32_t sock_scope(struct bytes device)
{
	char name[IF_NAMESIZE];

	if (device.n >= sizeof name)
		return 0;
	memcpy(name, device.p, device.n);
	name[device.n] = '\0';
	return if_nametoindex(name);
}

int sock_connected(int fd)
{
	int err = 0;
	socklen_t n = sizeof err;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) < 0)
		return sys_err();
	errno = err;
	return err ? sys_err() : 0;
}

long sock_recv(int fd, struct span to)
{
	ssize_t n = recv(fd, to.p, to.n, 0);

	return n < 0 ? sys_err() : (long)n;
}

long sock_send(int fd, struct bytes b)
{
	ssize_t n = send(fd, b.p, b.n, MSG_NOSIGNAL);

	return n < 0 ? sys_err() : (long)n;
}

long sock_splice(int from, int to, size_t n)
{
#if defined(__linux__)
	ssize_t k = splice(from, NULL, to, NULL, n,
			   SPLICE_F_NONBLOCK | SPLICE_F_MOVE);

	if (k >= 0)
		return (long)k;
	return errno == EINVAL ? -NAT_ENOTSUP : sys_err();
#else
	(void)from, (void)to, (void)n;
	return -NAT_ENOTSUP;
#endif
}

int sock_pipe(int ends[2], size_t size)
{
	int rc = pipe(ends) < 0 ? sys_err() : sys_own_pipe(ends);

	if (rc < 0)
		return rc;
#if defined(F_SETPIPE_SZ)
	if (size != 65536)
		fcntl(ends[0], F_SETPIPE_SZ, (int)size);
#else
	(void)size;
#endif
	return 0;
}

void sock_finish(int fd)
{
	shutdown(fd, SHUT_WR);
}

void sock_close(int fd, bool reset)
{
	struct linger now = { 1, 0 };

	if (reset)
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(fd);
}

void sock_tune(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#if defined(TCP_KEEPIDLE)
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEP_PROBES);
#endif
}

void sock_user_timeout(int fd, unsigned ms)
{
#if defined(TCP_USER_TIMEOUT)
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)ms);
#elif defined(TCP_MAXUNACKTIME)
	set(fd, IPPROTO_TCP, TCP_MAXUNACKTIME, (int)((ms + 999) / 1000));
#else
	(void)fd, (void)ms;
#endif
}

long sock_unacked(int fd)
{
#if defined(__linux__)
	int n = 0;

	return ioctl(fd, TIOCOUTQ, &n) < 0 ? sys_err() : n;
#elif defined(SO_NWRITE)
	int n = 0;
	socklen_t size = sizeof n;

	return getsockopt(fd, SOL_SOCKET, SO_NWRITE, &n, &size) < 0 ? sys_err()
								    : n;
#elif defined(FIONWRITE)
	int n = 0;

	return ioctl(fd, FIONWRITE, &n) < 0 ? sys_err() : n;
#else
	(void)fd;
	return -NAT_ENOTSUP;
#endif
}

static int name_of(int fd, struct addr *a,
		   int (*get)(int, struct sockaddr *, socklen_t *))
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;

	if (get(fd, (struct sockaddr *)&sa, &n) < 0)
		return sys_err();
	addr_of(a, &sa);
	return 0;
}

int sock_here(int fd, struct addr *a)
{
	return name_of(fd, a, getsockname);
}

int sock_there(int fd, struct addr *a)
{
	return name_of(fd, a, getpeername);
}

/* Connecting a datagram socket only looks up the route. The targets are of the
 * blocks kept for documentation (RFC 5737, RFC 3849): no host of anybody.
 */
int sock_own_addr(struct addr *a)
{
	static const struct addr targets[] = {
		{ .family = ADDR_IP4, .port = 9, .ip = { 192, 0, 2, 1 } },
		{ .family = ADDR_IP6,
		  .port = 9,
		  .ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } },
	};

	for (size_t i = 0; i < COUNT(targets); i++) {
		struct sockaddr_storage sa;
		socklen_t n = sockaddr_of(&sa, &targets[i]);
		int fd = open_socket(sa.ss_family, SOCK_DGRAM), rc;

		if (fd < 0)
			continue;
		rc = connect(fd, (struct sockaddr *)&sa, n);
		if (rc == 0)
			rc = sock_here(fd, a);
		close(fd);
		if (rc == 0)
			return 0;
	}
	return -NAT_EUNREACH;
}

int sock_spare(void)
{
	return open_socket(AF_UNIX, SOCK_DGRAM);
}

int sock_raise_fds(size_t wanted)
{
#if defined(__APPLE__)
	enum { ENOUGH = OPEN_MAX }; /* more is an error, not the most */
#else
	enum { ENOUGH = 1 << 20 };
#endif
	struct rlimit r;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return 256;
	most = (rlim_t)min_size(wanted, ENOUGH);
	if (r.rlim_max < most)
		most = r.rlim_max;
	if (r.rlim_cur < most) {
		r.rlim_cur = most;
		sys_set_limit(RLIMIT_NOFILE, &r);
	}
	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return 256;
	return r.rlim_cur < ENOUGH ? (int)r.rlim_cur : ENOUGH;
}
