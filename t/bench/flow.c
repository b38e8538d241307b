/* flow - the two ends of what bench.py measures.
 *
 *	flow sink                  takes bytes, answers how many came
 *	flow send PORT MIB N       sends so many MiB by N connections to a sink,
 *	                           checks the answers; prints nanoseconds
 *	flow echo                  sends back what comes
 *	flow ping PORT COUNT       round trips of one byte; nanoseconds each
 *	flow dial PORT COUNT N     connections of one round trip, N at a time;
 *	                           nanoseconds each
 *
 * sink and echo print their port of 127.0.0.1 first. The ends spare the CPU: the
 * sender's bytes come from a file in memory, the sink's are thrown away uncopied.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
	if (!strcmp(mode, "send"))
		return printf("%lld\n", together(n, send_all, task)) < 0;
	if (!strcmp(mode, "dial"))
		return printf("%lld\n",
			      together(n, dials, task) / (task.count * n)) < 0;
	if (!strcmp(mode, "ping")) {
		ping(port, count);
		return 0;
	}
	fprintf(stderr,
		"usage: flow sink|echo|send|ping|dial [PORT COUNT [N]]\n");
	return 2;
}
