#include "os/backend.h"
#include "os/sys.h"
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

int backend_open(struct loop *l, int most_fd)
{
	(void)most_fd;
	l->wait_fd = epoll_create1(EPOLL_CLOEXEC);
	return l->wait_fd < 0 ? sys_err() : 0;
}

void backend_close(struct loop *l)
{
	close(l->wait_fd);
}

/* What cannot be changed is taken out, which never fails: the set must not hold
 * on to a handle that has moved.
 */
int backend_arm(struct loop *l, struct io *io)
{
	struct epoll_event e = {
		.events = (io->want & LOOP_IN ? (uint32_t)EPOLLIN : 0) |
			  (io->want & LOOP_OUT ? (uint32_t)EPOLLOUT : 0),
		.data.ptr = io,
	};
	int op = !io->armed ? EPOLL_CTL_ADD
		 : io->want ? EPOLL_CTL_MOD
			    : EPOLL_CTL_DEL;
	int rc;

	if (epoll_ctl(l->wait_fd, op, io->fd, &e) == 0)
		return 0;
	rc = sys_err();
	if (op == EPOLL_CTL_MOD) {
		epoll_ctl(l->wait_fd, EPOLL_CTL_DEL, io->fd, &e);
		io->armed = 0;
	}
	return rc;
}

int backend_wait(struct loop *l, int ms)
{
	struct epoll_event ev[LOOP_BATCH];
	int n = epoll_wait(l->wait_fd, ev, LOOP_BATCH, ms);

	if (n < 0)
		return errno == EINTR ? 0 : sys_err();
	for (int i = 0; i < n; i++) {
		struct io *io = ev[i].data.ptr;
		uint32_t e = ev[i].events;

		l->batch[i] = io;
		l->what[i] = e & (EPOLLERR | EPOLLHUP)
				     ? io->armed
				     : (uint8_t)((e & EPOLLIN ? LOOP_IN : 0) |
						 (e & EPOLLOUT ? LOOP_OUT : 0));
	}
	l->nbatch = n;
	return 0;
}
