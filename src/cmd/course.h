/* course - what happens to all sections while they are served: the network has
 * changed, somebody says "reconnect now", or it is time to stop.
 */
#ifndef NAT_CMD_COURSE_H
#define NAT_CMD_COURSE_H

#include "cmd/serve.h"
#include "os/loop.h"

struct course { /* fields are private to course.c */
	struct net *net;
	const struct serve_what *what;
	struct io watch; /* addresses and routes */
	struct timer settle, leave;
	int64_t until; /* draining: how long; 0: not yet */
};

void course_start(struct course *c, struct net *net,
		  const struct serve_what *what);
void course_stop(struct course *c);

/* Everybody connects anew, at once. */
void course_retry(struct course *c);

/* Nobody new is served; the loop quits when nobody is served any more, at the
 * latest after patience ms, or when this is called again.
 */
void course_leave(struct course *c, int64_t patience);

/* Has it been called? */
static inline bool course_ends(const struct course *c)
{
	return c->until != 0;
}

#endif
