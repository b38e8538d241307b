#include "os/native.h"
#include "os/term.h"
#include "base/span.h"
#include "os/sys.h"
#include <errno.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* A handler has no argument of its own. */
struct here {
	struct termios was, raw;
	int wake[2];
};
static struct here here = { .wake = { -1, -1 } };

/* What ends a process, but for those that are heard by os/signal. */
static const int deadly[] = { SIGQUIT, SIGABRT, SIGALRM, SIGUSR2, SIGILL,
			      SIGFPE,  SIGBUS,  SIGSEGV, SIGSYS };
static const int telling[] = { SIGWINCH, SIGCONT };

/* Once; by the second, which is as it was, the process ends. */
static void dies(int number)
{
	tcsetattr(STDIN_FILENO, TCSANOW, &here.was);
	raise(number);
}

static void told(int number)
{
	int saved = errno;

	if (number == SIGCONT)
		tcsetattr(STDIN_FILENO, TCSANOW, &here.raw);
	while (write(here.wake[1], "w", 1) < 0 && errno == EINTR)
		;
	errno = saved;
}

static void come(struct io *io, unsigned what)
{
	struct term *t = container_of(io, struct term, io);
	uint8_t bytes[64];

	(void)what;
	if (read(io->fd, bytes, sizeof bytes) > 0)
		t->resized(t);
}

/* Whoever has a handler for it already, such as a sanitizer, keeps it. */
static void restore_by(int number)
{
	struct sigaction act = { .sa_handler = dies,
				 .sa_flags = (int)SA_RESETHAND };
	struct sigaction was;

	sigemptyset(&act.sa_mask);
	if (sigaction(number, NULL, &was) == 0 && was.sa_handler == SIG_DFL)
		sigaction(number, &act, NULL);
}

static int hear_signals(struct term *t, struct loop *l)
{
	struct sigaction act = { .sa_handler = told, .sa_flags = SA_RESTART };
	int rc = pipe(here.wake) < 0 ? sys_err() : sys_own_pipe(here.wake);

	if (rc < 0)
		return rc;
	io_init(&t->io, come);
	io_start(&t->io, l, here.wake[0], LOOP_IN);
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < COUNT(telling); i++)
		sigaction(telling[i], &act, NULL);
	for (size_t i = 0; i < COUNT(deadly); i++)
		restore_by(deadly[i]);
	return 0;
}

static void make_raw(struct termios *raw)
{
	raw->c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR |
				    IGNCR | ICRNL | IXON);
	raw->c_oflag &= ~(tcflag_t)OPOST;
	raw->c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw->c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	raw->c_cflag |= CS8;
	raw->c_cc[VMIN] = 1;
	raw->c_cc[VTIME] = 0;
}

int term_start(struct term *t, struct loop *l, void (*resized)(struct term *t))
{
	int rc;

	t->raw = false;
	t->resized = resized;
	if (tcgetattr(STDIN_FILENO, &here.was) < 0)
		return 0;
	here.raw = here.was;
	make_raw(&here.raw);
	rc = hear_signals(t, l);
	if (rc < 0)
		return rc;
	t->raw = true;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &here.raw) == 0)
		return 0;
	rc = sys_err();
	term_stop(t);
	return rc;
}

void term_stop(struct term *t)
{
	struct sigaction plain = { .sa_handler = SIG_DFL };

	if (!t->raw)
		return;
	t->raw = false;
	sigemptyset(&plain.sa_mask);
	for (size_t i = 0; i < COUNT(telling); i++)
		sigaction(telling[i], &plain, NULL);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &here.was);
	io_stop(&t->io);
	close(here.wake[0]);
	close(here.wake[1]);
}

struct console_size term_size(void)
{
	struct winsize size;

	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_row == 0)
		return console_size();
	return (struct console_size){ size.ws_row, size.ws_col };
}
