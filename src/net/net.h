/* net - what every connection of a process borrows from: loop, log, buffers,
 * pipes. One a process, made at start from the limits in force.
 */
#ifndef NAT_NET_NET_H
#define NAT_NET_NET_H

#include "base/log.h"
#include "base/pool.h"
#include "os/dgram.h"
#include "os/loop.h"

/* Buffers, and who waits for one. */
struct bufs { /* fields are private to bufs.c */
	struct pool pool;
	struct list waiting; /* of struct buf_wait, first come first served */
	struct soon serve;   /* runs: those who wait go before others */
	bool serving;
	struct timer trim;
};

enum { PIPES_KEPT = 64 };
struct pipes { /* fields are private to splice.c */
	uint32_t nidle, open, most;
	uint32_t size; /* bytes a pipe holds */
	int idle[PIPES_KEPT][2];
};

/* Datagrams received in this turn, and those to be sent before the next are. */
enum { UDP_HEAD = 52 }; /* of wire/carrier.h, wire/proxyline.h */
struct udp_inbox {      /* fields are private to udp.c */
	struct span room;
	struct dgram_train trains[DGRAM_MESSAGES];
	int n, at, calls;
};
struct udp_outbox {    /* fields are private to udp.c but for lost */
	uint64_t lost; /* datagrams that the system did not take */
	int n;
	struct udp *of[DGRAM_QUEUE];
	struct dgram_out v[DGRAM_QUEUE];
	uint8_t heads[DGRAM_QUEUE][UDP_HEAD];
};

struct resolver;
struct legacy;

struct net {
	struct loop *loop;
	struct log *log;
	struct resolver *resolver;
	struct legacy *legacy; /* sockets left to us; NULL: none are */
	int spare_fd; /* given up for a moment when descriptors run out, */
	struct log_rate fds_out; /* which is said */
	struct bufs bufs;
	struct pipes pipes;
	struct udp_inbox inbox;
	uint64_t errors[NAT_ERR_END]; /* how often each came to pass */
	struct udp_outbox outbox;
};

struct net_limits {
	uint64_t memory;         /* bytes of buffers, 1M or more */
	uint32_t pipes;          /* most open at once */
	uint32_t pipe_size;      /* bytes */
	const char *resolv_conf; /* lent; NULL: /etc/resolv.conf */
};

MUST_USE int net_start(struct net *net, struct loop *l, struct log *log,
		       const struct net_limits *limits);
void net_stop(struct net *net);

/* Something ended by err; 0 and more count for nothing. */
static inline void net_count(struct net *net, int err)
{
	if (err < 0)
		net->errors[-err]++;
}

#endif
