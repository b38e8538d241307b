/* ends - standard input and output as the two ends of a connection, whatever
 * they are: pipes, sockets, terminals, files.
 *
 * They are made non-blocking, which others who have them see too; ends_give sets
 * things right. A file is never waited for, and cannot be.
 */
#ifndef NAT_OS_ENDS_H
#define NAT_OS_ENDS_H

#include "base/err.h"
#include "base/span.h"

enum { ENDS_IN, ENDS_OUT }; /* as numbered in the process */

struct ends {          /* fields are private to ends.c but for waits */
	bool waits[2]; /* it makes sense to wait for it */
	int flags[2];  /* as they were */
	bool gone;     /* output has ended */
};

void ends_take(struct ends *e);
void ends_give(struct ends *e);

/* Bytes > 0, 0 at the end (of input), -NAT_EAGAIN, or an error. */
MUST_USE long ends_read(struct span to);
MUST_USE long ends_write(struct bytes b);

/* Who reads our output sees its end. */
void ends_finish(struct ends *e);

#endif
