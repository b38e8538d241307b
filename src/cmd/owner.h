/* owner - as whom the process serves, and the directory where that user keeps
 * what must survive a restart.
 *
 * owner_take is for root: it makes the directory, then files are the user's and
 * what he cannot read or make fails at start. Sections start. owner_settle gives
 * root up for ever.
 */
#ifndef NAT_CMD_OWNER_H
#define NAT_CMD_OWNER_H

#include "cmd/role.h"
#include "os/user.h"

struct owner {
	struct user user;
	const char *why; /* there is no directory to keep state in; NULL: is */
	char dir[256];
	char where[64]; /* "relay as nobody", for complaints */
};

/* From --user and --state-dir; the directory is seen to if keeps says so. What
 * d is about becomes o->where when the user changes. 0, or an error, said.
 */
MUST_USE int owner_take(struct owner *o, const struct common *common,
			bool keeps, struct diag *d);

/* For ever; lowest: the lowest port that may be opened later. 0, or an error,
 * said, and the process must end.
 */
MUST_USE int owner_settle(const struct owner *o, unsigned lowest,
			  struct diag *d);

/* The directory, NULL when there is none. */
static inline const char *owner_dir(const struct owner *o)
{
	return o->why ? NULL : o->dir;
}

#endif
