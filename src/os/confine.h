/* confine - what a process that only serves can still do: it takes every other
 * right from itself, once it has started and for ever.
 *
 * System calls: os/calls.h. Files: landlock (Linux 5.13), by the directory, since
 * a file that is read again has often been replaced; a symbolic link counts with
 * all that it leads to.
 *
 *      CONFINE_ITSELF  a file: read it, until another one takes its place; or
 *                      what is in a directory
 *      CONFINE_READ    a file: read it, and what comes in its place
 *      CONFINE_LIST    the same; or a directory: list it and read what is in it,
 *                      links too, wherever they lead at the start
 *      CONFINE_APPEND  a file: write it, and make it anew (the log)
 *      CONFINE_REPLACE a file: read and write it, and put another in its place
 *      CONFINE_REMOVE  a file: remove it (a socket)
 *      CONFINE_ROTATE  the same, and what it is renamed to beside it
 *      CONFINE_KEEP    a directory: read, write, make and remove files in it
 *
 * Some directories are left out, and the file is only itself: / and /dev always;
 * for root /etc, where shadow is too, if not for a file that is read and no link.
 *
 * Connecting to unix sockets and all of the network stay with the calls: services
 * may be anywhere. Descriptors that are open keep their rights.
 */
#ifndef NAT_OS_CONFINE_H
#define NAT_OS_CONFINE_H

#include "base/err.h"

enum confine_right {
	CONFINE_ITSELF,
	CONFINE_READ,
	CONFINE_LIST,
	CONFINE_APPEND,
	CONFINE_REPLACE,
	CONFINE_REMOVE,
	CONFINE_ROTATE,
	CONFINE_KEEP
};

enum { CONFINE_FILES = 160 };
struct confine_files { /* zeroed at first */
	unsigned n;
	struct {
		const char *path; /* lent */
		enum confine_right right;
	} v[CONFINE_FILES];
};

/* A path that is NULL is left out, and so is one more than CONFINE_FILES. */
void confine_add(struct confine_files *f, const char *path,
		 enum confine_right right);

/* What is in force: 0, or why it is not. -NAT_ENOTSUP: this system has no such
 * thing. Nothing is undone by the failure of one part.
 */
struct confined {
	int files, calls;
};
struct confined confine(const struct confine_files *f);

#endif
