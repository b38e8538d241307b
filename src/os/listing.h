/* listing - the names in a directory, one after the other, in no order. On Linux
 * without a heap, so that it may be asked for while serving.
 */
#ifndef NAT_OS_LISTING_H
#define NAT_OS_LISTING_H

#include "base/err.h"
#include "base/span.h"

struct listing { /* fields are private to listing.c */
	int fd, err;
	size_t at, n;
	uint64_t rows[256];
	void *dir; /* where there is no call without a heap */
};

/* 0, or why not: -NAT_ENOENT where path is no directory. */
MUST_USE int listing_open(struct listing *l, const char *path);

/* But for those that begin with a dot; until the next call. NULL: no more. */
const char *listing_next(struct listing *l);

/* 0, or what has kept the rest of the names back. */
MUST_USE int listing_close(struct listing *l);

#endif
