#include "os/console.h"
#include "base/fmt.h"
#include "os/clock.h"
#include "os/sys.h"
#include <fcntl.h>
#include <unistd.h>

/* One write when the other end takes it; what it does not take is lost, for the
 * program must not wait for a terminal.
 */
static void put(int fd, struct bytes b)
{
	while (b.n) {
		ssize_t n = write(fd, b.p, b.n);

		if (n < 0 && sys_err() != -NAT_EAGAIN)
			return;
		if (n <= 0)
			return;
		b.p += n;
		b.n -= (size_t)n;
	}
}

void console_out(struct bytes b)
{
	put(STDOUT_FILENO, b);
}

void console_err(struct bytes b)
{
	put(STDERR_FILENO, b);
}

/* "2026-11-21T07:12:16Z ": civil date from days by the 400-year cycle. */
static void put_utc(struct fmt *f, int64_t t)
{
	uint64_t days = (uint64_t)t / 86400, sec = (uint64_t)t % 86400;
	uint64_t z = days + 719468, era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1;
	uint64_t m = mp < 10 ? mp + 3 : mp - 9, y = yoe + era * 400 + (m <= 2);

	fmt_put(f, "%04u-%02u-%02uT%02u:%02u:%02uZ ", (unsigned)y, (unsigned)m,
		(unsigned)d, (unsigned)(sec / 3600), (unsigned)(sec / 60 % 60),
		(unsigned)(sec % 60));
}

static void say(struct log *log, enum log_level level, struct bytes line)
{
	struct console *c = container_of(log, struct console, log);
	uint8_t text[LOG_LINE + 32];
	struct fmt f = fmt_to(SPAN(text));

	(void)level;
	if (c->time)
		put_utc(&f, clock_unix());
	fmt_bytes(&f, line);
	fmt_put(&f, "\n");
	put(c->fd, fmt_done(&f));
}

int console_open(struct console *c, const char *path, bool time)
{
	*c = (struct console){ .log = { say, LOG_INFO },
			       .fd = STDERR_FILENO,
			       .time = time };
	if (!path)
		return 0;
	c->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	return c->fd < 0 ? sys_err() : 0;
}
