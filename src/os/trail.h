/* trail - a file that lines are appended to, and that makes way for a new one when it
 * is large: FILE, then FILE.1, FILE.2 and so on, the oldest of them removed.
 *
 * It never waits for a reader: what its place does not take at once is lost, whole
 * lines of it or one that is cut off, which the next write ends.
 */
#ifndef NAT_OS_TRAIL_H
#define NAT_OS_TRAIL_H

#include "base/err.h"
#include "base/span.h"

enum { TRAIL_KEEP = 99 };

struct trail { /* zeroed at first; fields are private to trail.c */
	const char *path;
	int fd;
	bool runs, torn;
	uint64_t size;
};

struct trail_limits {
	uint64_t size; /* bytes of a file, about; 0: as large as it gets */
	uint32_t keep; /* older ones, TRAIL_KEEP at most; 0: it begins anew */
};

/* Made with mode 0640. path is lent. */
MUST_USE int trail_open(struct trail *t, const char *path);
/* By its name, anew. On failure the one that was open stays. */
MUST_USE int trail_reopen(struct trail *t);
void trail_close(struct trail *t);

/* Whole lines. 0; or why not all of them could be written. *rotated: 0, or what came
 * of making way, tried before.
 */
MUST_USE int trail_put(struct trail *t, const struct trail_limits *limits,
		       struct bytes lines, int *rotated);

#endif
