/* dir - the directory that state is kept in: nobody else may have a hand in it.
 *
 * Whoever can put a file or a link there, or exchange a directory above it, can
 * hand us a token of his own or have root write where he cannot.
 */
#ifndef NAT_OS_DIR_H
#define NAT_OS_DIR_H

#include "os/user.h"

/* Root's part: makes path for owner, mode 0700, and what is missing above it.
 * Refused are a symbolic link in its place, and a directory above it that others
 * than root can change; from one that is the owner's already the rest is left to
 * dir_keep. NULL, or what is wrong.
 */
const char *dir_claim(const char *path, const struct user *owner);

/* Takes it away if it is empty and another's than the owner's: left behind. */
void dir_clear(const char *path, const struct user *owner);

/* The owner's part, and all of it for who is not root: makes path, mode 0700, and
 * those above it as needed. It must be ours and nobody else's to write in. NULL,
 * or what is wrong.
 */
const char *dir_keep(const char *path);

#endif
