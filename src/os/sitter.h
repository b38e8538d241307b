/* sitter - sits by one shell until it has ended (os/keeper.h): a process that
 * does nothing else.
 *
 * Leash, as who holds it writes it, big-endian:
 *
 *     length u16 | rows u16 | columns u16 | words u8 | word NUL... | name=value NUL...
 *     rows u16 | columns u16          again and again
 *
 * and as the sitter answers: enum keeper_said u8 | n u8 | n bytes: why REFUSED,
 * the status of EXITED.
 */
#ifndef NAT_OS_SITTER_H
#define NAT_OS_SITTER_H

#include "os/keeper.h"

enum {
	SITTER_HEAD = 7,
	SITTER_ASKED = SITTER_HEAD + KEEPER_MOST,
	SITTER_SIZE = 4 /* of a change of size */
};

struct sitter_home { /* of whose shells are run */
	const char *name, *home;
};

/* Reads what is asked from the leash, does it, and ends the process. */
_Noreturn void sitter_run(int leash, const struct sitter_home *at);

#endif
