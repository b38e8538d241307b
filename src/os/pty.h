/* pty - a program on a pseudoterminal of its own, as a login shell has one.
 *
 * It leads a session and a process group; the terminal is its standard input,
 * output and error, and nothing else is open. Its signals are as they were for
 * nobody: default, none blocked.
 */
#ifndef NAT_OS_PTY_H
#define NAT_OS_PTY_H

#include "base/err.h"
#include "base/span.h"

struct pty_program {
	char *const *args; /* up to a NULL; none: bash, or where it is not sh */
	char *const *env;  /* up to a NULL: all that it has */
	const char *home;  /* where it starts, or / */
	uint16_t rows, columns; /* 0: not known */
};

struct pty {
	int fd; /* the terminal's other side: non-blocking, close-on-exec */
	int pid;
};

/* 0 once the program runs; else why it does not, and nothing is left. The caller
 * waits for pid.
 */
MUST_USE int pty_start(struct pty *p, const struct pty_program *what);

void pty_resize(const struct pty *p, uint16_t rows, uint16_t columns);

/* The groups of the program and of what it has in the foreground, while fd is
 * open; 0: there is none.
 */
struct pty_groups {
	int all[2];
};
struct pty_groups pty_groups(const struct pty *p);
/* Is any of them there? 0 as the number only asks. */
bool pty_signal(const struct pty_groups *g, int number);

#endif
