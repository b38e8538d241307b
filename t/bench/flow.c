/* flow - the two ends of what bench.py measures.
 *
 *	flow sink                  takes bytes, answers how many came
 *	flow send PORT MIB N       sends so many MiB by N connections to a sink,
 *	                           checks the answers; prints nanoseconds
 *	flow echo                  sends back what comes
 *	flow ping PORT COUNT       round trips of one byte; nanoseconds each
 *	flow dial PORT COUNT N     connections of one round trip, N at a time;
 *	                           nanoseconds each
 *	flow mirror                sends back the datagrams that come
 *	flow volley PORT COUNT     datagrams there and back, 32 on their way at a
 *	                           time; prints nanoseconds and how many were lost
 *	flow rain PORT COUNT N     N datagrams each millisecond, whatever comes
 *	                           back; prints the same
 *
 * sink, echo and mirror print their port of 127.0.0.1 first. The ends spare the
 * CPU: the sender's bytes come from a file in memory, the sink's are thrown away
 * uncopied. Datagrams are as large as those of a WireGuard tunnel.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, BACKLOG = 4096, MIB = 1 << 20, WARM_UP = 20 };
enum { DATAGRAM = 1420, IN_FLIGHT = 32, ROOM = 4 * MIB, LATE = 300 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct sockaddr_in local(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return a;
}

static int bind_any(int type)
{
	struct sockaddr_in a = local(0);
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, type, 0);
	if (fd < 0 || bind(fd, (void *)&a, size) ||
	    getsockname(fd, (void *)&a, &size))
		die("bind");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static int listen_any(int flags)
{
	int fd = bind_any(SOCK_STREAM | flags);
	if (listen(fd, BACKLOG))
		die("listen");
	return fd;
}

static int dial(int port)
{
	int on = 1;
	struct sockaddr_in a = local(port);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0 || connect(fd, (void *)&a, sizeof a))
		die("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ---- several at once, each in a process of its own ---- */

struct task {
	int port;
	long count; /* of one process */
};

/* Nanoseconds until all have done their task; dies when one fails. */
static long long together(long n, void (*work)(struct task), struct task task)
{
	long long start = now_ns();
	int status;
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid < 0)
			die("fork");
		if (pid == 0) {
			work(task);
			_exit(0);
		}
	}
	for (long i = 0; i < n; i++) {
		if (wait(&status) < 0 || status != 0)
			exit(1);
	}
	return now_ns() - start;
}

/* ---- bulk ---- */

/* Eight bytes say how many will come, eight how many came: not every forwarder
 * carries a half-close.
 */
static _Noreturn void take_all(int fd)
{
	static char dummy[MIB];
	uint64_t wanted = 0, total = 0;
	ssize_t n = recv(fd, &wanted, sizeof wanted, MSG_WAITALL);
	while (n > 0 && total < wanted) {
		n = recv(fd, dummy, MIB, MSG_TRUNC);
		total += n > 0 ? (uint64_t)n : 0;
	}
	if (send(fd, &total, sizeof total, MSG_NOSIGNAL) < 0)
		_exit(1);
	_exit(0);
}

static _Noreturn void sink(void)
{
	int listener = listen_any(0);
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fork() == 0)
			take_all(fd);
		close(fd);
	}
}

static void send_all(struct task task)
{
	int file = memfd_create("flow", 0);
	int fd = dial(task.port);
	uint64_t wanted = (uint64_t)task.count * MIB, total = 0;
	if (file < 0 || ftruncate(file, MIB))
		die("memfd");
	if (send(fd, &wanted, sizeof wanted, MSG_NOSIGNAL) < 0)
		die("send");
	for (long i = 0; i < task.count; i++) {
		off_t at = 0;
		while (at < MIB)
			if (sendfile(fd, file, &at, (size_t)(MIB - at)) < 0)
				die("sendfile");
	}
	if (recv(fd, &total, sizeof total, MSG_WAITALL) != sizeof total ||
	    total != wanted) {
		fprintf(stderr, "flow: %llu of %llu bytes came\n",
			(unsigned long long)total, (unsigned long long)wanted);
		_exit(1);
	}
}

/* ---- echo ---- */

static void echo_ready(int fd)
{
	char buf[4096];
	ssize_t n = recv(fd, buf, sizeof buf, 0);
	if (n <= 0 || send(fd, buf, (size_t)n, MSG_NOSIGNAL) != n)
		close(fd);
}

static void echo_accept(int epoll, int listener)
{
	int fd, on = 1;
	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev);
	}
}

static _Noreturn void echo(void)
{
	int epoll = epoll_create1(0), listener = listen_any(SOCK_NONBLOCK);
	struct epoll_event evs[EVENTS];
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = listener };
	epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &ev);
	for (;;) {
		int n = epoll_wait(epoll, evs, EVENTS, -1);
		for (int i = 0; i < n; i++) {
			if (evs[i].data.fd == listener)
				echo_accept(epoll, listener);
			else
				echo_ready(evs[i].data.fd);
		}
	}
}

/* ---- round trips ---- */

static void round_trip(int fd)
{
	char byte = 'x';
	if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, 0) != 1)
		die("round trip");
}

static void ping(int port, long count)
{
	int fd = dial(port);
	long long start;
	for (int i = 0; i < WARM_UP; i++)
		round_trip(fd);
	start = now_ns();
	for (long i = 0; i < count; i++)
		round_trip(fd);
	printf("%lld\n", (now_ns() - start) / count);
}

static void dials(struct task task)
{
	for (long i = 0; i < task.count; i++) {
		int fd = dial(task.port);
		round_trip(fd);
		close(fd);
	}
}

/* ---- datagrams ---- */

static void make_room(int fd)
{
	int room = ROOM;
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
}

static _Noreturn void mirror(void)
{
	static char bytes[IN_FLIGHT][1 << 16];
	struct sockaddr_in from[IN_FLIGHT];
	struct iovec parts[IN_FLIGHT];
	struct mmsghdr msgs[IN_FLIGHT] = { 0 };
	int fd = bind_any(SOCK_DGRAM);
	make_room(fd);
	for (;;) {
		int n;
		for (int i = 0; i < IN_FLIGHT; i++) {
			parts[i] = (struct iovec){ bytes[i], sizeof bytes[i] };
			msgs[i].msg_hdr = (struct msghdr){
				&from[i], sizeof from[i], &parts[i], 1, 0, 0, 0
			};
		}
		n = recvmmsg(fd, msgs, IN_FLIGHT, MSG_WAITFORONE, NULL);
		for (int i = 0; i < n; i++)
			parts[i].iov_len = msgs[i].msg_len;
		if (n > 0)
			sendmmsg(fd, msgs, (unsigned)n, 0);
	}
}

static int aim(int port)
{
	struct sockaddr_in a = local(port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || connect(fd, (void *)&a, sizeof a))
		die("connect");
	make_room(fd);
	return fd;
}

static void shoot(int fd, long count)
{
	static char bytes[DATAGRAM];
	for (long i = 0; i < count; i++)
		if (send(fd, bytes, sizeof bytes, 0) < 0 && errno != ENOBUFS)
			die("send");
}

/* How many come, of at most so many, none later than ms after the one before. */
static long collect(int fd, long most, int ms)
{
	static char byte;
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	long n = 0;
	while (n < most) {
		if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) == DATAGRAM)
			n++;
		else if (errno != EAGAIN || poll(&ready, 1, ms) <= 0)
			break;
	}
	return n;
}

/* A new one for each that comes back; what is late is lost and made up for. */
static void volley(int port, long count)
{
	int fd = aim(port);
	long sent = IN_FLIGHT, back = 0, lost = 0;
	long long start = now_ns();
	shoot(fd, IN_FLIGHT);
	while (back + lost < count) {
		long n = collect(fd, 1, LATE);
		long more = n ? n : sent - back - lost;
		back += n;
		lost += n ? 0 : more;
		more = more < count - sent ? more : count - sent;
		shoot(fd, more);
		sent += more;
	}
	printf("%lld %ld\n", now_ns() - start, lost);
}

static void sleep_until(long long ns)
{
	struct timespec t = { ns / 1000000000, ns % 1000000000 };
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void rain(int port, long count, long each)
{
	int fd = aim(port);
	long back = 0;
	long long start = now_ns(), next = start;
	for (long sent = 0; sent < count; sent += each) {
		shoot(fd, each);
		next += 1000000;
		sleep_until(next);
		back += collect(fd, count, 0);
	}
	next = now_ns();
	back += collect(fd, count - back, LATE);
	printf("%lld %ld\n", next - start, count - back);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int port = argc > 2 ? atoi(argv[2]) : 0;
	long count = argc > 3 ? atol(argv[3]) : 1;
	long n = argc > 4 ? atol(argv[4]) : 1;
	struct task task = { port, count / n };
	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(mode, "sink"))
		sink();
	if (!strcmp(mode, "echo"))
		echo();
	if (!strcmp(mode, "mirror"))
		mirror();
	if (!strcmp(mode, "send"))
		return printf("%lld\n", together(n, send_all, task)) < 0;
	if (!strcmp(mode, "dial"))
		return printf("%lld\n",
			      together(n, dials, task) / (task.count * n)) < 0;
	if (!strcmp(mode, "ping"))
		return ping(port, count), 0;
	if (!strcmp(mode, "volley"))
		return volley(port, count), 0;
	if (!strcmp(mode, "rain"))
		return rain(port, count, n), 0;
	fprintf(stderr,
		"usage: flow sink|echo|mirror\n"
		"       flow send|ping|dial|volley|rain PORT COUNT [N]\n");
	return 2;
}
