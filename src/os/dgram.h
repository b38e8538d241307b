/* dgram - datagram sockets, many datagrams a call where the system can: one
 * message received or sent may be a train of datagrams of one size, one behind
 * the other (UDP_GRO, UDP_SEGMENT), and one call takes several messages.
 */
#ifndef NAT_OS_DGRAM_H
#define NAT_OS_DGRAM_H

#include "base/addr.h"

enum {
	DGRAM_MOST = 65507,  /* bytes of a datagram over IPv4 */
	DGRAM_ROOM = 65536,  /* for a message */
	DGRAM_MESSAGES = 32, /* most of one receiving call */
	DGRAM_QUEUE = 64     /* most of one sending call */
};

/* A socket bound to at, which tells, where at is any address, to which of them a
 * datagram went (it costs a tenth of each); one connected to a peer.
 * -NAT_EINUSE, -NAT_EACCESS, ...
 */
MUST_USE int dgram_bind(const struct addr *at);
/* as: see sock_connect_as. */
MUST_USE int dgram_connect(const struct addr *peer, const struct addr *as);

struct dgram_train {
	struct addr peer;
	struct addr here;  /* where it was sent to; ADDR_NONE: cannot tell, or
			    * where the socket is bound */
	struct bytes data; /* in the room given */
	size_t each;       /* bytes of each datagram; the last may be shorter */
};

/* Messages received into room (DGRAM_MESSAGES * DGRAM_ROOM bytes), how many > 0;
 * -NAT_EAGAIN; or what came back for something sent, as -NAT_EREFUSED.
 */
MUST_USE int dgram_recv(int fd, struct dgram_train v[DGRAM_MESSAGES],
			struct span room);

struct dgram_out {
	const struct addr *peer; /* NULL: whom the socket is connected to */
	const struct addr *here; /* from which of its addresses; NULL: any */
	struct bytes head, body; /* sent as one datagram */
};

/* Sends n (at most DGRAM_QUEUE) in order; those next to each other of one size
 * to the same peer (the same pointer) leave as a train if trains. How many were
 * sent; the others are lost, as datagrams may be.
 */
int dgram_send(int fd, const struct dgram_out *v, int n, bool trains);

/* What is sent from now on ends after so many routers; 0: after as many as usual. */
void dgram_hops(int fd, unsigned hops);

#endif
