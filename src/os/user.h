/* user - who the process is: looked up in /etc/passwd and /etc/group, become in
 * two steps.
 *
 *      root      user_become   files are the user's, sockets below 1024 still
 *                              open: sockaddr_bind alone is root for a moment
 *      between   user_settle   for ever; of root's rights at most those to open
 *                              such ports and to borrow addresses are left (Linux)
 *
 * A process that is not root can only "become" who it is.
 */
#ifndef NAT_OS_USER_H
#define NAT_OS_USER_H

#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

struct user {
	uint32_t uid, gid;
};

/* "NAME", "NAME:GROUP", each a name or a number; without GROUP it is the one that
 * /etc/passwd has. NULL, or what is wrong with text.
 */
const char *user_find(struct user *u, const char *text);

/* The name and the home directory of who has that id; false: nobody in /etc/passwd
 * has, and nothing is printed.
 */
struct fmt;
bool user_tell(uint32_t uid, struct fmt *name, struct fmt *home);

/* Who this process is now. */
struct user user_now(void);

/* The user's rights in the file system, no groups but the one. -NAT_EACCESS when
 * this process may not.
 */
MUST_USE int user_become(const struct user *u);

/* For ever: real, effective and saved ids; what of root's rights is kept: to open
 * ports from lowest on, to connect from other people's addresses (os/borrow.h).
 * When this fails the process must end.
 */
struct user_keeps {
	unsigned lowest;
	bool borrows;
};
MUST_USE int user_settle(const struct user *u, const struct user_keeps *keeps);

#endif
