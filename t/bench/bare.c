/* bare - the least that a splicing forwarder can be: the baseline of bench.py.
 *
 *	bare TARGET-PORT [PIPE-SIZE]
 *
 * Prints its port of 127.0.0.1 and carries each connection to the target, with
 * level-triggered epoll and one pipe a direction. Half-close is carried. No
 * limits, no log, no clean-up beyond the pair: only the moving of bytes. With
 * PIPE-SIZE 0 it copies, one recv and one send: the least for short messages. It
 * ends when a socket does not take all of one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	EVENTS = 32,
	BACKLOG = 1024,
	PIPE_SIZE = 256 * 1024,
	BUFFER = 16 * 1024
};

struct flow { /* one direction */
	int pipe[2];
	size_t held; /* bytes in the pipe */
	bool ended;  /* from has no more */
	bool over;   /* and to has been told */
};

struct end {
	struct pair *pair;
	int fd;
	uint32_t want;
};

struct pair {
	struct end end[2];
	struct flow flow[2]; /* flow[i] goes from end[i] to end[!i] */
	bool dead;
};

struct bare {
	int epoll, listener;
	struct sockaddr_in target;
	size_t pipe_size;
};

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

static int listen_any(void)
{
	struct sockaddr_in a = local(0);
	socklen_t size = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, (void *)&a, size) || listen(fd, BACKLOG) ||
	    getsockname(fd, (void *)&a, &size))
		die("listen");
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

/* ---- one direction ---- */

static bool failed(ssize_t n)
{
	return n < 0 && errno != EAGAIN;
}

/* One recv and one send; false when the connection has failed. */
static bool flow_copy(struct flow *f, int from, int to)
{
	char room[BUFFER];
	ssize_t n = recv(from, room, sizeof room, 0);
	if (failed(n))
		return false;
	if (n > 0 && send(to, room, (size_t)n, 0) != n)
		die("send");
	f->ended = f->over = n == 0;
	if (f->over)
		shutdown(to, SHUT_WR);
	return true;
}

/* One read and one write; false when the connection has failed. */
static bool flow_splice(struct flow *f, int from, int to, size_t most)
{
	unsigned how = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;
	if (!f->ended && f->held < most) {
		size_t room = most - f->held;
		ssize_t n = splice(from, NULL, f->pipe[1], NULL, room, how);
		/* a pipe full of small pieces refuses too: held tells */
		if (failed(n))
			return false;
		f->held += n > 0 ? (size_t)n : 0;
		f->ended = n == 0;
	}
	if (f->held > 0) {
		ssize_t n = splice(f->pipe[0], NULL, to, NULL, f->held, how);
		if (failed(n))
			return false;
		f->held -= n > 0 ? (size_t)n : 0;
	}
	if (f->ended && f->held == 0 && !f->over) {
		shutdown(to, SHUT_WR);
		f->over = true;
	}
	return true;
}

static bool flow_run(struct flow *f, int from, int to, size_t most)
{
	return most ? flow_splice(f, from, to, most) : flow_copy(f, from, to);
}

/* ---- a pair ---- */

static void set_want(struct bare *b, struct end *e, uint32_t want)
{
	struct epoll_event ev = { .events = want, .data.ptr = e };
	if (want == e->want)
		return;
	e->want = want;
	epoll_ctl(b->epoll, EPOLL_CTL_MOD, e->fd, &ev);
}

/* While a pipe holds bytes its reader waits for the writer. */
static void pair_want(struct bare *b, struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		const struct flow *in = &p->flow[i], *out = &p->flow[!i];
		uint32_t want = 0;
		if (!in->ended && in->held == 0)
			want |= EPOLLIN;
		if (out->held > 0)
			want |= EPOLLOUT;
		set_want(b, &p->end[i], want);
	}
}

static void pair_close(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		close(p->end[i].fd);
		if (!p->flow[i].pipe[1])
			continue; /* it copies */
		close(p->flow[i].pipe[0]);
		close(p->flow[i].pipe[1]);
	}
	p->dead = true; /* an event of this batch may still name it */
}

static void pair_ready(struct bare *b, struct end *e, uint32_t what)
{
	struct pair *p = e->pair;
	int i = e == &p->end[1];
	bool good = true;
	if (p->dead)
		return;
	if (what & (EPOLLIN | EPOLLHUP | EPOLLERR))
		good = flow_run(&p->flow[i], e->fd, p->end[!i].fd,
				b->pipe_size);
	if (good && (what & EPOLLOUT))
		good = flow_run(&p->flow[!i], p->end[!i].fd, e->fd,
				b->pipe_size);
	if (!good || (p->flow[0].over && p->flow[1].over))
		pair_close(p);
	else
		pair_want(b, p);
}

static void end_start(struct bare *b, struct pair *p, int i, int fd)
{
	int on = 1;
	struct end *e = &p->end[i];
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = e };
	*e = (struct end){ .pair = p, .fd = fd, .want = EPOLLIN };
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (epoll_ctl(b->epoll, EPOLL_CTL_ADD, fd, &ev))
		die("epoll_ctl");
}

static void pair_start(struct bare *b, int visitor)
{
	struct pair *p = calloc(1, sizeof *p);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (!p || fd < 0 || connect(fd, (void *)&b->target, sizeof b->target) ||
	    fcntl(fd, F_SETFL, O_NONBLOCK))
		die("connect");
	for (int i = 0; i < 2 && b->pipe_size; i++) {
		if (pipe2(p->flow[i].pipe, O_NONBLOCK) ||
		    fcntl(p->flow[i].pipe[1], F_SETPIPE_SZ, (int)b->pipe_size) <
			    0)
			die("pipe");
	}
	end_start(b, p, 0, visitor);
	end_start(b, p, 1, fd);
}

/* ---- the loop ---- */

static void accept_all(struct bare *b)
{
	int fd;
	while ((fd = accept4(b->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0)
		pair_start(b, fd);
}

static void turn(struct bare *b)
{
	struct epoll_event evs[EVENTS];
	int n = epoll_wait(b->epoll, evs, EVENTS, -1);
	for (int i = 0; i < n; i++) {
		if (evs[i].data.ptr)
			pair_ready(b, evs[i].data.ptr, evs[i].events);
		else
			accept_all(b);
	}
}

int main(int argc, char **argv)
{
	struct bare b = { .pipe_size = PIPE_SIZE };
	struct epoll_event ev = { .events = EPOLLIN };
	if (argc < 2) {
		fprintf(stderr, "usage: bare TARGET-PORT [PIPE-SIZE]\n");
		return 2;
	}
	if (argc > 2)
		b.pipe_size = (size_t)atol(argv[2]);
	signal(SIGPIPE, SIG_IGN);
	b.target = local(atoi(argv[1]));
	b.epoll = epoll_create1(0);
	b.listener = listen_any();
	if (epoll_ctl(b.epoll, EPOLL_CTL_ADD, b.listener, &ev))
		die("epoll_ctl");
	for (;;)
		turn(&b);
}
