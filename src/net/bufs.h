/* bufs - the pool on the loop: who finds it empty waits, first come first
 * served, and free memory goes back to the system after a while.
 */
#ifndef NAT_NET_BUFS_H
#define NAT_NET_BUFS_H

#include "net/net.h"

struct buf_wait {
	struct list node;
	void (*ready)(struct buf_wait *w); /* from the loop: try again */
};

MUST_USE int bufs_start(struct net *net, uint64_t memory);
void bufs_stop(struct net *net);

/* NULL when there is none for that use, or others wait for what has come back;
 * then bufs_wait.
 */
struct buf *bufs_get(struct net *net, enum pool_class class, enum pool_use use);
void bufs_put(struct net *net, struct buf *b);

void buf_wait_init(struct buf_wait *w, void (*ready)(struct buf_wait *));
/* Changes nothing for one that waits already. */
void bufs_wait(struct net *net, struct buf_wait *w);
void buf_wait_stop(struct buf_wait *w);

#endif
