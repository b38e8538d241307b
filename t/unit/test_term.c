/* A child at a terminal of its own makes it raw, hears of its size, and leaves it as
 * it was, however it ends. Skipped where there are no pseudoterminals.
 */
#define _GNU_SOURCE
#include "unit.h"
#include "os/term.h"
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

enum { PATIENCE_MS = 20000 };

static struct loop loop;
static struct term term;
static int tell;

static void told(struct term *t)
{
	struct console_size size = term_size();
	uint8_t rows = (uint8_t)size.rows;

	(void)t;
	if (write(tell, &rows, 1) != 1)
		_exit(1);
}

/* Ends in one of the ways: by itself, or by whatever comes. A shell has what it
 * starts in the background ignore SIGQUIT, and that is inherited.
 */
static void live(int way)
{
	signal(SIGQUIT, SIG_DFL);
	if (loop_open(&loop, 16) < 0 || term_start(&term, &loop, told) < 0)
		_exit(2);
	told(&term);
	if (way < 0) {
		term_stop(&term);
		_exit(0);
	}
	if (way > 0)
		raise(way);
	_exit(loop_run(&loop) < 0 ? 3 : 4);
}

static void take_terminal(const char *name)
{
	int fd;

	setsid();
	fd = open(name, O_RDWR);
	if (fd < 0 || ioctl(fd, TIOCSCTTY, 0) < 0 || dup2(fd, 0) != 0)
		_exit(5);
	close(fd);
}

struct at {
	int master, slave, pid, from;
};

static void begin(struct at *at, int way)
{
	struct winsize size = { .ws_row = 24, .ws_col = 80 };
	int ends[2];

	at->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (at->master < 0 || grantpt(at->master) < 0 ||
	    unlockpt(at->master) < 0)
		skip();
	at->slave = open(ptsname(at->master), O_RDWR | O_NOCTTY);
	assert_true(at->slave >= 0);
	ioctl(at->master, TIOCSWINSZ, &size);
	assert_int_equal(pipe(ends), 0);
	at->pid = fork();
	if (at->pid == 0) {
		tell = ends[1];
		take_terminal(ptsname(at->master));
		live(way);
	}
	close(ends[1]);
	at->from = ends[0];
}

static unsigned hear(const struct at *at)
{
	struct pollfd p = { .fd = at->from, .events = POLLIN };
	uint8_t rows;

	assert_int_equal(poll(&p, 1, (int)unit_slow() * PATIENCE_MS), 1);
	assert_int_equal(read(at->from, &rows, 1), 1);
	return rows;
}

static bool is_raw(const struct at *at)
{
	struct termios t;

	assert_int_equal(tcgetattr(at->slave, &t), 0);
	assert_int_equal(!(t.c_lflag & ICANON), !(t.c_lflag & ECHO));
	assert_int_equal(!(t.c_lflag & ICANON), !(t.c_oflag & OPOST));
	return !(t.c_lflag & ICANON);
}

static int end(struct at *at)
{
	int status;

	assert_int_equal(waitpid(at->pid, &status, 0), at->pid);
	assert_false(is_raw(at));
	close(at->master);
	close(at->slave);
	close(at->from);
	return status;
}

/* ---- tests ---- */

static void it_is_raw_and_its_size_is_told(void **state)
{
	struct winsize size = { .ws_row = 50, .ws_col = 132 };
	struct at at;

	(void)state;
	begin(&at, 0);
	assert_int_equal(hear(&at), 24);
	assert_true(is_raw(&at));
	ioctl(at.master, TIOCSWINSZ, &size);
	assert_int_equal(hear(&at), 50);
	kill(at.pid, SIGQUIT);
	assert_int_equal(WTERMSIG(end(&at)), SIGQUIT);
}

static void it_is_as_it_was_by_each_end(void **state)
{
	static const int ways[] = { SIGABRT, SIGUSR2, SIGALRM };
	struct at at;

	(void)state;
	begin(&at, -1);
	assert_int_equal(end(&at), 0);
	for (size_t i = 0; i < COUNT(ways); i++) {
		begin(&at, ways[i]);
		assert_int_equal(WTERMSIG(end(&at)), ways[i]);
	}
}

/* Whoever was stopped finds the terminal as its shell has left it. */
static void it_is_raw_again_when_it_goes_on(void **state)
{
	struct termios cooked;
	struct at at;

	(void)state;
	begin(&at, 0);
	hear(&at);
	assert_int_equal(tcgetattr(at.slave, &cooked), 0);
	cooked.c_lflag |= ICANON | ECHO;
	cooked.c_oflag |= OPOST;
	assert_int_equal(tcsetattr(at.slave, TCSANOW, &cooked), 0);
	kill(at.pid, SIGCONT);
	hear(&at);
	assert_true(is_raw(&at));
	kill(at.pid, SIGQUIT);
	end(&at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_raw_and_its_size_is_told),
		cmocka_unit_test(it_is_as_it_was_by_each_end),
		cmocka_unit_test(it_is_raw_again_when_it_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
