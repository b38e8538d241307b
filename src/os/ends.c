#include "os/ends.h"
#include "os/sock.h"
#include "os/sys.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool makes_wait(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
	       (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(fd));
}

void ends_take(struct ends *e)
{
	*e = (struct ends){ .gone = false };
	for (int fd = ENDS_IN; fd <= ENDS_OUT; fd++) {
		e->flags[fd] = fcntl(fd, F_GETFL);
		e->waits[fd] = makes_wait(fd);
		if (e->waits[fd] && e->flags[fd] >= 0)
			fcntl(fd, F_SETFL, e->flags[fd] | O_NONBLOCK);
	}
}

static void give(const struct ends *e, int fd)
{
	if (e->waits[fd] && e->flags[fd] >= 0)
		fcntl(fd, F_SETFL, e->flags[fd]);
}

/* Backwards: both may be one, of which only the first look saw the truth. */
void ends_give(struct ends *e)
{
	if (!e->gone)
		give(e, ENDS_OUT);
	give(e, ENDS_IN);
}

long ends_read(struct span to)
{
	ssize_t n = read(ENDS_IN, to.p, to.n);

	return n < 0 ? sys_err() : n;
}

long ends_write(struct bytes b)
{
	ssize_t n = write(ENDS_OUT, b.p, b.n);

	return n < 0 ? sys_err() : n;
}

/* The number stays taken: what is opened next must not be output. */
void ends_finish(struct ends *e)
{
	int nowhere;

	if (e->gone || shutdown(ENDS_OUT, SHUT_WR) == 0)
		return;
	give(e, ENDS_OUT);
	e->gone = true;
	nowhere = sock_spare();
	if (nowhere < 0) {
		close(ENDS_OUT);
		return;
	}
	if (dup2(nowhere, ENDS_OUT) == ENDS_OUT)
		close(nowhere);
}
