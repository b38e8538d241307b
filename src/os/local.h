/* local - a unix socket of this machine that we serve on: for its owner alone,
 * never in the place of something that is none of ours.
 */
#ifndef NAT_OS_LOCAL_H
#define NAT_OS_LOCAL_H

#include "base/err.h"
#include "base/span.h"

/* What tells the file that was made from another of its name. */
struct local_file {
	uint64_t device, inode;
};

/* A listening socket at path, mode 0600. One that nobody serves any more is
 * replaced. -NAT_EINUSE: somebody does; -NAT_EINVAL: there is something else than
 * a socket, which stays, or the path is too long.
 */
MUST_USE int local_listen(const char *path, struct local_file *file);

/* The file of a socket that listens already, for local_remove. */
void local_note(const char *path, struct local_file *file);

/* Takes the file away, if it is still that one. */
void local_remove(const char *path, const struct local_file *file);

/* Who is on the other side of an accepted one: may he see what only we may, being
 * us or root?
 */
bool local_trusted(int fd);

/* The other side: a connected socket whose calls block, ms at most. */
MUST_USE int local_connect(const char *path, int64_t ms);

#endif
