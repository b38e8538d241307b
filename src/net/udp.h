/* udp - a datagram socket that is pulled: a wake says that datagrams may have
 * come; the owner takes them with udp_next until there are no more, answers
 * with udp_send, and ends with udp_flush.
 *
 * Nothing waits: what the system does not take is lost and counted.
 */
#ifndef NAT_NET_UDP_H
#define NAT_NET_UDP_H

#include "net/net.h"
#include "os/dgram.h"

struct udp { /* fields are private to udp.c but for at, err, lost */
	struct io io;
	struct net *net;
	struct addr at; /* as bound or connected: here */
	void (*come)(struct udp *u);
	uint64_t lost; /* datagrams that could not be sent */
	int err;       /* why nothing came: -NAT_EREFUSED of a peer; 0 */
};

/* host as for listener_start. 0, or an error. */
MUST_USE int udp_bind(struct udp *u, struct net *net, struct bytes host,
		      uint16_t port, void (*come)(struct udp *));
MUST_USE int udp_connect(struct udp *u, struct net *net,
			 const struct addr *peer, void (*come)(struct udp *));
/* From somebody else's address (os/borrow.h); NULL: from our own. */
MUST_USE int udp_connect_as(struct udp *u, struct net *net,
			    const struct addr *peer, const struct addr *as,
			    void (*come)(struct udp *));
/* to becomes what from was; from is stopped. */
void udp_move(struct udp *to, struct udp *from);
/* The same on a socket that is bound already and is u's from now on. */
MUST_USE int udp_take(struct udp *u, struct net *net, int fd,
		      void (*come)(struct udp *));
void udp_stop(struct udp *u);

static inline bool udp_runs(const struct udp *u)
{
	return u->io.loop != NULL;
}

struct datagram {
	const struct addr *peer, *here; /* lent until udp_flush, as */
	struct bytes data;              /* this is */
};

/* The next one of this wake, at most so many in a turn. Only from within come;
 * whoever stops u there does not ask again.
 */
bool udp_next(struct udp *u, struct datagram *d);

/* Queues one datagram of head (copied, at most UDP_HEAD bytes) and body. body,
 * peer and here are lent until udp_flush, which this may be when the queue is
 * full. peer NULL: whom u is connected to; here NULL: from any address.
 */
struct udp_to {
	const struct addr *peer, *here;
};
void udp_send(struct udp *u, const struct udp_to *to, struct bytes head,
	      struct bytes body);
void udp_flush(struct net *net);

/* What is sent from now on ends after so many routers (dgram_hops). */
static inline void udp_hops(struct udp *u, unsigned hops)
{
	udp_flush(u->net);
	dgram_hops(u->io.fd, hops);
}

#endif
