/* net - what every connection of a process borrows from: loop, log, buffers,
 * pipes. One a process, made at start from the limits in force.
 */
#ifndef NAT_NET_NET_H
#define NAT_NET_NET_H

#include "base/log.h"
#include "base/pool.h"
#include "os/loop.h"

/* Buffers, and who waits for one. */
struct bufs { /* fields are private to bufs.c */
	struct pool pool;
	struct list waiting; /* of struct buf_wait, first come first served */
	struct soon serve;
	struct timer trim;
};

enum { PIPES_KEPT = 64 };
struct pipes { /* fields are private to splice.c */
	uint32_t nidle, open, most;
	uint32_t size; /* bytes a pipe holds */
	int idle[PIPES_KEPT][2];
};

struct net {
	struct loop *loop;
	struct log *log;
	struct bufs bufs;
	struct pipes pipes;
	int spare_fd; /* given up for a moment when descriptors run out */
};

struct net_limits {
	uint64_t memory;    /* bytes of buffers, 1M or more */
	uint32_t pipes;     /* most open at once */
	uint32_t pipe_size; /* bytes */
};

MUST_USE int net_start(struct net *net, struct loop *l, struct log *log,
		       const struct net_limits *limits);
void net_stop(struct net *net);

#endif
