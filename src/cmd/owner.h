/* owner - as whom the process serves, and the directories where that user keeps
 * what must survive a restart, and what must not.
 *
 * owner_take is for root: it makes them, then files are the user's and
 * what he cannot read or make fails at start. Sections start. owner_settle gives
 * root up for ever.
 */
#ifndef NAT_CMD_OWNER_H
#define NAT_CMD_OWNER_H

#include "cmd/role.h"
#include "os/user.h"

enum { OWNER_STATE = 1, OWNER_RUNTIME = 2 };

struct owner_place {
	const char *why; /* there is no such directory; NULL: there is */
	char path[256];
};

struct owner {
	struct user user;
	struct owner_place state, runtime;
	char where[64]; /* "relay as nobody", for complaints */
};

/* From --user and --state-dir; dirs says which directories are seen to. What d is
 * about becomes o->where when the user changes. 0, or an error, said.
 */
MUST_USE int owner_take(struct owner *o, const struct common *common,
			unsigned dirs, struct diag *d);

/* For ever, but for what is kept. 0, or an error, said, and the process must end. */
MUST_USE int owner_settle(const struct owner *o, const struct user_keeps *keeps,
			  struct diag *d);

/* The directory, NULL when there is none. */
static inline const char *owner_dir(const struct owner *o)
{
	return o->state.why ? NULL : o->state.path;
}

#endif
