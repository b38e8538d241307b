/* keeper - starts shells for a process that cannot: for who serves gives root up
 * and confines itself, and a shell must be neither's.
 *
 *     who serves ──── keeper          forked while there is root; asked by a
 *         │ leash, data               descriptor: one end of a leash
 *         └─────────── sitter ── pty ── shell        one sitter a shell
 *
 * The sitter is the shell's user; it moves bytes between data, which is a stream
 * socket, and the pty. The leash says what it is asked and how it went; when it
 * is let go, or whoever held it has died, the shell's groups get HUP, and after
 * KEEPER_GRACE_MS KILL. Keeper and sitters end by themselves.
 */
#ifndef NAT_OS_KEEPER_H
#define NAT_OS_KEEPER_H

#include "base/err.h"
#include "base/span.h"
#include "os/user.h"

enum {
	KEEPER_GRACE_MS = 2000,
	KEEPER_ARGS = 33,   /* most of a program's, its name too; most of its */
	KEEPER_ENV = 32,    /* environment that it is given; most bytes */
	KEEPER_MOST = 16384 /* of both */
};

struct keeper {
	int fd; /* -1: there is none */
};

/* Forks it, to run shells as that user; user_now() where this is not root. 0 or
 * an error. From now on no child of this process is waited for.
 */
MUST_USE int keeper_start(struct keeper *k, const struct user *as);
void keeper_stop(struct keeper *k);

struct keeper_shell {
	const struct bytes *args, *env; /* no args: bash or sh */
	uint32_t nargs, nenv;
	uint16_t rows, columns; /* 0: not known */
};

struct keeper_ends {
	int leash, data; /* non-blocking, close-on-exec */
};

/* Asks for a shell. 0: the leash will tell how that went; -NAT_EINVAL: there is a
 * zero byte in its words; -NAT_EROOM, -NAT_ELIMIT: too much of them; or another
 * error.
 */
MUST_USE int keeper_ask(const struct keeper *k, const struct keeper_shell *s,
			struct keeper_ends *to);

enum keeper_said {
	KEEPER_STARTED = 1,
	KEEPER_REFUSED, /* why is in text; it is over */
	KEEPER_EXITED   /* all it has written is in data; it is over */
};

struct keeper_word {
	uint8_t status; /* of EXITED; 128 + number: by a signal */
	uint8_t n;
	char text[128]; /* of REFUSED */
};

/* The next enum keeper_said; -NAT_EAGAIN; else who kept it is gone. */
MUST_USE int keeper_hear(int leash, struct keeper_word *w);

void keeper_resize(int leash, uint16_t rows, uint16_t columns);

#endif
