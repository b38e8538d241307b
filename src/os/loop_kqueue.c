/* Reading and writing are filters of their own, so that the kernel knows up to
 * two notes a descriptor. A hang-up or an error comes with each filter that it
 * concerns (EV_EOF), for as long as it lasts: nothing need be spread.
 */
#include "os/native.h"
#include "os/backend.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/event.h>
#include <time.h>
#include <unistd.h>

int backend_open(struct loop *l, int most_fd)
{
	(void)most_fd;
	l->wait_fd = kqueue();
	if (l->wait_fd < 0)
		return sys_err();
	fcntl(l->wait_fd, F_SETFD, FD_CLOEXEC);
	return 0;
}

void backend_close(struct loop *l)
{
	close(l->wait_fd);
}

/* Both filters of a handle are one event. */
static void report(struct loop *l, struct io *io, unsigned what)
{
	for (int i = 0; i < l->nbatch; i++)
		if (l->batch[i] == io) {
			l->what[i] |= (uint8_t)what;
			return;
		}
	l->batch[l->nbatch] = io;
	l->what[l->nbatch++] = (uint8_t)what;
}

static int change(struct loop *l, struct io *io, unsigned what, unsigned flags)
{
	struct kevent ev;

	EV_SET(&ev, (uintptr_t)io->fd,
	       what == LOOP_IN ? EVFILT_READ : EVFILT_WRITE, flags, 0, 0, io);
	return kevent(l->wait_fd, &ev, 1, NULL, 0, NULL) < 0 ? sys_err() : 0;
}

/* Where the reader of a pipe is gone, some systems refuse to note its writer:
 * then that is the event.
 */
static int add(struct loop *l, struct io *io, unsigned what)
{
	int rc = change(l, io, what, EV_ADD);

	if (rc == 0 || errno != EPIPE || l->nbatch == LOOP_BATCH)
		return rc;
	report(l, io, what);
	return 0;
}

static void forget(struct loop *l, struct io *io)
{
	(void)change(l, io, LOOP_IN, EV_DELETE);
	(void)change(l, io, LOOP_OUT, EV_DELETE);
	io->armed = 0;
}

/* Adding a note that is there replaces it, handle included, and one that cannot
 * be deleted is gone (ENOENT, or EBADF: with its descriptor). What cannot be
 * changed is taken out: no note must hold on to a handle that has moved.
 */
int backend_arm(struct loop *l, struct io *io)
{
	unsigned on = io->moved ? io->want : io->want & ~io->armed;
	unsigned off = io->armed & ~io->want;
	int rc = 0;

	for (unsigned what = LOOP_IN; what <= LOOP_OUT && rc == 0; what *= 2)
		if (on & what)
			rc = add(l, io, what);
		else if (off & what)
			(void)change(l, io, what, EV_DELETE);
	if (rc < 0)
		forget(l, io);
	return rc;
}

static unsigned what_of(const struct kevent *ev)
{
	const struct io *io = (const struct io *)ev->udata;

	if (ev->flags & EV_ERROR)
		return io->armed;
	return ev->filter == EVFILT_READ ? LOOP_IN : LOOP_OUT;
}

int backend_wait(struct loop *l, int ms)
{
	struct kevent ev[LOOP_BATCH];
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };
	uint8_t room = (uint8_t)(LOOP_BATCH - l->nbatch); /* int or size_t */
	int n;

	if (l->nbatch) /* arming has found something already */
		ts = (struct timespec){ 0, 0 };
	n = kevent(l->wait_fd, NULL, 0, ev, room,
		   ms < 0 && !l->nbatch ? NULL : &ts);
	if (n < 0)
		return errno == EINTR ? 0 : sys_err();
	for (int i = 0; i < n; i++)
		report(l, (struct io *)ev[i].udata, what_of(&ev[i]));
	return 0;
}
