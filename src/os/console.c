#include "os/console.h"
#include "base/date.h"
#include "base/fmt.h"
#include "os/clock.h"
#include "os/sys.h"
#include "os/syslog.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- descriptors ---- */

static bool writable(int fd, int ms)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };
	int n;

	do
		n = poll(&p, 1, ms);
	while (n < 0 && errno == EINTR);
	return n == 1;
}

/* What is taken at once, 0 or more. A pipe that is writable has room for a page,
 * so that a line does not block even where the descriptor would; whose flags are
 * not ours to change, for others have it too.
 */
static size_t put_now(int fd, struct bytes b)
{
	ssize_t n;

	if (!writable(fd, 0))
		return 0;
	do
		n = write(fd, b.p, b.n);
	while (n < 0 && errno == EINTR);
	return n < 0 ? 0 : (size_t)n;
}

void console_out(struct bytes b)
{
	while (b.n) {
		ssize_t n = write(STDOUT_FILENO, b.p, b.n);

		if (n < 0 && errno == EAGAIN)
			writable(STDOUT_FILENO, -1);
		else if (n < 0 && errno != EINTR)
			return;
		if (n < 0)
			continue;
		b.p += n;
		b.n -= (size_t)n;
	}
}

void console_tell(struct bytes b)
{
	put_now(STDOUT_FILENO, b);
}

struct console_size console_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return (struct console_size){ 0, 0 };
	return (struct console_size){ size.ws_row, size.ws_col };
}

void console_err(struct bytes b)
{
	put_now(STDERR_FILENO, b);
}

/* ---- lines ---- */

static void put_utc(struct fmt *f, int64_t t)
{
	struct date d = date_of(t);

	fmt_put(f, "%04u-%02u-%02uT%02u:%02u:%02uZ ", d.year, d.month, d.day,
		d.hour, d.minute, d.second);
}

static const char *daemon_of(const struct console *c)
{
	return *c->place ? c->place : SYSLOG_PATH;
}

/* A daemon that was started anew has a new socket: one more try finds it. */
static bool to_daemon(struct console *c, enum log_level level,
		      struct bytes text)
{
	int rc = c->fd < 0 ? -NAT_ECLOSED : syslog_put(c->fd, level, text);

	if (rc == 0 || rc == -NAT_EAGAIN)
		return rc == 0;
	if (console_reopen(c) < 0)
		return false;
	return syslog_put(c->fd, level, text) == 0;
}

/* A full disk may take half a line; the next one must not go on from there. */
static bool to_file(struct console *c, struct bytes text)
{
	uint8_t all[LOG_LINE + 40];
	struct fmt f = fmt_to(SPAN(all));
	size_t n;

	fmt_put(&f, "%s", c->torn ? "\n" : "");
	fmt_bytes(&f, text);
	fmt_put(&f, "\n");
	n = put_now(c->fd, fmt_done(&f));
	if (n > 0)
		c->torn = n < f.n;
	return n == f.n;
}

static bool take(struct console *c, enum log_level level, struct bytes line)
{
	uint8_t text[LOG_LINE + 32];
	struct fmt f = fmt_to(SPAN(text));

	if (c->time)
		put_utc(&f, clock_unix());
	fmt_bytes(&f, line);
	return c->syslog ? to_daemon(c, level, fmt_done(&f))
			 : to_file(c, fmt_done(&f));
}

static void take_lost(struct console *c)
{
	uint8_t text[64];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "warn log: %lu lines were lost", (unsigned long)c->lost);
	if (take(c, LOG_WARN, fmt_done(&f)))
		c->lost = 0;
}

static void say(struct log *log, enum log_level level, struct bytes line)
{
	struct console *c = container_of(log, struct console, log);

	if (c->lost)
		take_lost(c);
	if (c->lost || !take(c, level, line))
		c->lost++;
}

/* ---- places ---- */

/* O_NONBLOCK: a FIFO without a reader is an error, with one nothing waits. */
static int open_place(const struct console *c)
{
	int fd;

	if (c->syslog)
		return syslog_open(daemon_of(c));
	fd = open(c->place,
		  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
			  O_NONBLOCK,
		  0640);
	return fd < 0 ? sys_err() : fd;
}

/* What follows the word, or NULL. */
static const char *after_syslog(const char *place)
{
	static const char word[] = "syslog";
	size_t n = sizeof word - 1;

	if (!text_begins(place, word))
		return NULL;
	if (place[n] == ':')
		return place + n + 1;
	return place[n] ? NULL : place + n;
}

int console_open(struct console *c, const char *place, bool time)
{
	const char *path = place ? after_syslog(place) : NULL;

	*c = (struct console){ .log = { say, LOG_INFO },
			       .place = path ? path : place,
			       .fd = STDERR_FILENO,
			       .syslog = path != NULL,
			       .time = time };
	if (!place)
		return 0;
	c->fd = open_place(c);
	return c->fd < 0 && !c->syslog ? c->fd : 0;
}

int console_reopen(struct console *c)
{
	int fd = c->place ? open_place(c) : 0;

	if (!c->place || fd < 0)
		return fd;
	console_close(c);
	c->fd = fd;
	c->torn = false;
	return 0;
}

const char *console_waits(const struct console *c)
{
	return c->syslog && c->fd < 0 ? daemon_of(c) : NULL;
}

const char *console_file(const struct console *c)
{
	return c->syslog ? NULL : c->place;
}

void console_close(struct console *c)
{
	if (c->place && c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
