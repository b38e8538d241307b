#include "os/native.h"
#include "os/signal.h"
#include "base/span.h"
#include "os/sys.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static const struct {
	int number;
	uint8_t what;
} rows[] = {
	{ SIGTERM, SIGNAL_LEAVE },
	{ SIGINT, SIGNAL_STOP },
	{ SIGHUP, SIGNAL_RELOAD },
	{ SIGUSR1, SIGNAL_RETRY },
};

/* A write that fails says so by its error. */
static const int ignored[] = { SIGPIPE, SIGXFSZ };

/* A handler has no argument of its own, hence the one variable. */
static int wake_fd[2] = { -1, -1 };

static void caught(int number)
{
	int saved = errno;

	for (size_t i = 0; i < COUNT(rows); i++)
		while (rows[i].number == number &&
		       write(wake_fd[1], &rows[i].what, 1) < 0 &&
		       errno == EINTR) /* full: a wake is on its way already */
			;
	errno = saved;
}

static void ready(struct io *io, unsigned events)
{
	struct signals *s = container_of(io, struct signals, io);
	uint8_t heard[32];
	ssize_t n = read(io->fd, heard, sizeof heard);
	unsigned what = 0;

	(void)events;
	for (ssize_t i = 0; i < n; i++)
		what |= heard[i];
	s->heard(s, what);
}

static int catch_all(void)
{
	struct sigaction act = { .sa_handler = caught, .sa_flags = SA_RESTART };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t ours;

	sigemptyset(&act.sa_mask);
	sigemptyset(&ignore.sa_mask);
	sigemptyset(&ours);
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (sigaction(rows[i].number, &act, NULL) < 0)
			return sys_err();
		sigaddset(&ours, rows[i].number);
	}
	for (size_t i = 0; i < COUNT(ignored); i++)
		if (sigaction(ignored[i], &ignore, NULL) < 0)
			return sys_err();
	return sigprocmask(SIG_UNBLOCK, &ours, NULL) < 0 ? sys_err() : 0;
}

int signals_start(struct signals *s, struct loop *l,
		  void (*heard)(struct signals *, unsigned))
{
	int rc = pipe(wake_fd) < 0 ? sys_err() : sys_own_pipe(wake_fd);

	if (rc < 0)
		return rc;
	s->heard = heard;
	io_init(&s->io, ready);
	io_start(&s->io, l, wake_fd[0], LOOP_IN);
	rc = catch_all();
	if (rc < 0)
		signals_stop(s);
	return rc;
}

void signals_stop(struct signals *s)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	sigemptyset(&plain.sa_mask);
	for (size_t i = 0; i < COUNT(rows); i++)
		sigaction(rows[i].number, &plain, NULL);
	io_stop(&s->io);
	close(wake_fd[0]);
	close(wake_fd[1]);
}
