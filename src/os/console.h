/* console - standard output and error, and the sink of the log.
 *
 * The log never waits and never ends the process: a line that its place does not
 * take at once is lost, and the number of those is said when it takes lines again.
 */
#ifndef NAT_OS_CONSOLE_H
#define NAT_OS_CONSOLE_H

#include "base/err.h"
#include "base/log.h"

void console_out(struct bytes b);  /* waits for a reader: what was asked for */
void console_tell(struct bytes b); /* standard output too; lost rather */
void console_err(struct bytes b);  /* lost rather than waited for */

/* Of the terminal that standard output is; 0 rows: it is none, or does not know
 * its size.
 */
struct console_size {
	unsigned rows, columns;
};
struct console_size console_size(void);

/* Fields are private to console.c. */
struct console {
	struct log log;
	const char *place; /* of the file or socket; NULL: stderr */
	int fd;            /* -1: a syslog daemon that is not there */
	uint32_t lost;     /* lines since the last one that was taken */
	bool syslog, time, torn;
};

/* Lines go to `place`: NULL is stderr; "syslog" the system's log daemon at
 * /dev/log and "syslog:PATH" one at PATH; anything else a file, made with mode
 * 0640, that they are appended to. time: with the UTC time before them. place is
 * lent. A daemon that is not there yet is no error (ask console_waits), for who
 * starts first at boot is a matter of chance.
 */
MUST_USE int console_open(struct console *c, const char *place, bool time);

/* Opens the file or the socket anew, by its name. On failure the old one stays. */
MUST_USE int console_reopen(struct console *c);

/* Where the daemon is that is not there; NULL: it is, or none is asked for. */
const char *console_waits(const struct console *c);

/* The file that console_reopen opens; NULL: none. */
const char *console_file(const struct console *c);

void console_close(struct console *c);

#endif
