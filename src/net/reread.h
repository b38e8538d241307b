/* reread - a small file of the system's, kept in memory and read again once it
 * has changed, or could not be read; asked about that at most every REREAD_MS.
 */
#ifndef NAT_NET_REREAD_H
#define NAT_NET_REREAD_H

#include "os/file.h"

enum { REREAD_MS = 1000 };

struct reread { /* fields are private to reread.c but for text, path, err */
	const char *path;  /* lent */
	struct span room;  /* lent */
	struct bytes text; /* empty when the file cannot be read */
	int err;           /* why it could not be */
	struct file_stamp stamp;
	int64_t looked; /* when last, ms, + 1 so that 0 is never */
};

void reread_init(struct reread *r, const char *path, struct span room);

/* Has the text become another one? At first it has. Blocks for a stat, and when
 * the file has changed, or could not be read, for the reading of it.
 */
bool reread_look(struct reread *r, int64_t now);

#endif
