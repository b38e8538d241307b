/* sys/event.h - a stand-in for kqueue(2) over epoll(7), so that src/os/loop_kqueue.c
 * runs its tests on a Linux without libkqueue. It behaves as FreeBSD's manual says,
 * in what nat uses and no more:
 *
 * - EVFILT_READ and EVFILT_WRITE, level-triggered; EV_ADD replaces, udata included;
 *   EV_DELETE of what is not there is ENOENT; notes go when the last descriptor of
 *   their file is closed.
 * - EV_EOF on the filter that a hang-up or an error concerns. data and fflags are 0.
 * - Adding a write note to a pipe whose reader is gone is EPIPE, as some systems
 *   have it (others report it as an event).
 * - One change a call; descriptors below 65536, each in one queue at a time; room
 *   for at least two events.
 *
 * Everything is static: include it from one file.
 */
#ifndef NAT_VENDOR_KQUEUE_EVENT_H
#define NAT_VENDOR_KQUEUE_EVENT_H

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <time.h>

#define EVFILT_READ (-1)
#define EVFILT_WRITE (-2)

#define EV_ADD 0x0001
#define EV_DELETE 0x0002
#define EV_ERROR 0x4000
#define EV_EOF 0x8000

struct kevent {
	uintptr_t ident;
	short filter;
	unsigned short flags;
	unsigned fflags;
	int64_t data;
	void *udata;
};

#define EV_SET(ev, i, f, fl, ff, d, u) \
	(*(ev) = (struct kevent){ .ident = (i), \
				  .filter = (short)(f), \
				  .flags = (unsigned short)(fl), \
				  .fflags = (ff), \
				  .data = (d), \
				  .udata = (u) })

enum { KQ_FDS = 65536, KQ_BATCH = 64 };

/* What was asked of a descriptor. The kernel's set is the truth: a row whose
 * descriptor is not in it is stale.
 */
static struct {
	int kq;
	uint32_t events; /* EPOLLIN | EPOLLOUT */
	void *udata[2];  /* of the read note, of the write note */
} kq_notes[KQ_FDS];

static inline int kqueue(void)
{
	return epoll_create1(0);
}

static inline int kq_pipe_without_reader(int fd)
{
	struct pollfd p = { fd, POLLOUT, 0 };
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) &&
	       poll(&p, 1, 0) > 0 && p.revents & POLLERR;
}

static inline int kq_ctl(int kq, int op, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.fd = fd };

	if (events & EPOLLIN)
		e.events |= EPOLLRDHUP;
	return epoll_ctl(kq, op, fd, &e);
}

static inline int kq_add(int kq, int fd, uint32_t bit, void *udata)
{
	uint32_t had = kq_notes[fd].kq == kq ? kq_notes[fd].events : 0;

	if (bit == EPOLLOUT && kq_pipe_without_reader(fd)) {
		errno = EPIPE;
		return -1;
	}
	if (kq_ctl(kq, EPOLL_CTL_MOD, fd, had | bit) < 0) {
		if (errno != ENOENT || kq_ctl(kq, EPOLL_CTL_ADD, fd, bit) < 0)
			return -1;
		had = 0;
	}
	kq_notes[fd].kq = kq;
	kq_notes[fd].events = had | bit;
	kq_notes[fd].udata[bit == EPOLLOUT] = udata;
	return 0;
}

static inline int kq_delete(int kq, int fd, uint32_t bit)
{
	uint32_t had = kq_notes[fd].kq == kq ? kq_notes[fd].events : 0;
	int op = had == bit ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;

	if (!(had & bit)) {
		errno = ENOENT;
		return -1;
	}
	kq_notes[fd].events = had & ~bit;
	return kq_ctl(kq, op, fd, had & ~bit);
}

static inline int kq_change(int kq, const struct kevent *ev)
{
	int fd = (int)ev->ident;
	uint32_t bit = ev->filter == EVFILT_READ ? EPOLLIN : EPOLLOUT;

	if (ev->ident >= KQ_FDS) {
		errno = EBADF;
		return -1;
	}
	return ev->flags & EV_ADD ? kq_add(kq, fd, bit, ev->udata)
				  : kq_delete(kq, fd, bit);
}

/* One row of epoll is up to two events. */
static inline int kq_events(struct kevent *to, const struct epoll_event *from)
{
	static const uint32_t fires[2] = {
		EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR,
		EPOLLOUT | EPOLLHUP | EPOLLERR,
	};
	const uint32_t eof[2] = { fires[0] & ~(uint32_t)EPOLLIN,
				  fires[1] & ~(uint32_t)EPOLLOUT };
	int fd = from->data.fd, n = 0;

	for (int i = 0; i < 2; i++)
		if (kq_notes[fd].events & (i ? EPOLLOUT : EPOLLIN) &&
		    from->events & fires[i])
			EV_SET(&to[n++], (uintptr_t)fd,
			       i ? EVFILT_WRITE : EVFILT_READ,
			       from->events & eof[i] ? EV_EOF : 0, 0, 0,
			       kq_notes[fd].udata[i]);
	return n;
}

static inline int kevent(int kq, const struct kevent *changes, int nchanges,
			 struct kevent *to, int room, const struct timespec *ts)
{
	struct epoll_event ev[KQ_BATCH];
	int n, got = 0, most = room / 2 < KQ_BATCH ? room / 2 : KQ_BATCH;

	if (nchanges)
		return kq_change(kq, changes);
	if (most == 0)
		return 0;
	n = epoll_wait(kq, ev, most,
		       ts ? (int)(ts->tv_sec * 1000 + ts->tv_nsec / 1000000)
			  : -1);
	for (int i = 0; i < n; i++)
		got += kq_events(to + got, &ev[i]);
	return n < 0 ? n : got;
}

#endif
