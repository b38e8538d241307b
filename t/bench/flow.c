/* flow - the two ends of what bench.py measures.
 *
 *	flow sink               takes bytes, prints how many when a connection ends
 *	flow send PORT MIB      sends so many MiB, waits until the far end has ended
 *	flow echo               sends back what comes
 *	flow ping PORT COUNT    round trips of one byte; prints nanoseconds each
 *	flow dial PORT COUNT    connections of one round trip; likewise
 *
 * sink and echo print their port of 127.0.0.1 first. The ends spare the CPU: the
 * sender's bytes come from a file in memory, the sink's are thrown away uncopied.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 64, BACKLOG = 4096, MIB = 1 << 20, WARM_UP = 20 };

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

static int listen_any(int flags)
{
	struct sockaddr_in a = local(0);
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
	if (fd < 0 || bind(fd, (void *)&a, size) || listen(fd, BACKLOG) ||
	    getsockname(fd, (void *)&a, &size))
		die("listen");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
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

/* ---- bulk ---- */

static _Noreturn void sink(void)
{
	static char dummy[MIB];
	int listener = listen_any(0);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		unsigned long long total = 0;
		ssize_t n;
		while ((n = recv(fd, dummy, MIB, MSG_TRUNC)) > 0)
			total += (unsigned long long)n;
		close(fd);
		printf("%llu\n", total);
		fflush(stdout);
	}
}

static int send_all(int port, long mib)
{
	int file = memfd_create("flow", 0);
	int fd = dial(port);
	char byte;
	if (file < 0 || ftruncate(file, MIB))
		die("memfd");
	for (long i = 0; i < mib; i++) {
		off_t at = 0;
		while (at < MIB)
			if (sendfile(fd, file, &at, (size_t)(MIB - at)) < 0)
				die("sendfile");
	}
	shutdown(fd, SHUT_WR);
	return recv(fd, &byte, 1, 0) == 0 ? 0 : 1;
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

static int ping(int port, long count)
{
	int fd = dial(port);
	long long start;
	for (int i = 0; i < WARM_UP; i++)
		round_trip(fd);
	start = now_ns();
	for (long i = 0; i < count; i++)
		round_trip(fd);
	printf("%lld\n", (now_ns() - start) / count);
	return 0;
}

static int dials(int port, long count)
{
	long long start = now_ns();
	for (long i = 0; i < count; i++) {
		int fd = dial(port);
		round_trip(fd);
		close(fd);
	}
	printf("%lld\n", (now_ns() - start) / count);
	return 0;
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int port = argc > 2 ? atoi(argv[2]) : 0;
	long count = argc > 3 ? atol(argv[3]) : 1;
	signal(SIGPIPE, SIG_IGN);
	if (!strcmp(mode, "sink"))
		sink();
	if (!strcmp(mode, "echo"))
		echo();
	if (!strcmp(mode, "send"))
		return send_all(port, count);
	if (!strcmp(mode, "ping"))
		return ping(port, count);
	if (!strcmp(mode, "dial"))
		return dials(port, count);
	fprintf(stderr, "usage: flow sink|echo|send|ping|dial [PORT COUNT]\n");
	return 2;
}
