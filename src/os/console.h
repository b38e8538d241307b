/* console - standard output and error, and the sink of the log. */
#ifndef NAT_OS_CONSOLE_H
#define NAT_OS_CONSOLE_H

#include "base/err.h"
#include "base/log.h"

void console_out(struct bytes b);
void console_err(struct bytes b);

/* Lines go to stderr, or are appended to a file; with the UTC time before them
 * if so asked.
 */
struct console {
	struct log log;
	int fd;
	bool time;
};
MUST_USE int console_open(struct console *c, const char *path, bool time);

#endif
