/* backlog - bytes that nobody wants yet, in order, in buffers of the pool, which
 * are held only while they have some.
 */
#ifndef NAT_NET_BACKLOG_H
#define NAT_NET_BACKLOG_H

#include "net/bufs.h"

struct backlog {                  /* zero-filled to start; private but for n */
	struct buf *first, *last; /* NULL: it is empty */
	size_t n;                 /* bytes in it */
};

/* Copies as much of b as there are buffers for; how much. */
size_t backlog_put(struct backlog *l, struct net *net, struct bytes b);

/* What is oldest, in one piece; p NULL: nothing. Good until the next call. */
struct span backlog_peek(const struct backlog *l);
void backlog_take(struct backlog *l, struct net *net, size_t n);

/* Forgets all of it. */
void backlog_drop(struct backlog *l, struct net *net);

#endif
