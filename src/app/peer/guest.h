/* guest - a service of a peer, reached from here: an address of this machine leads
 * to it, or standard input and output do.
 *
 * Whatever path there is first is taken; a better one takes its place while all
 * that flows goes on. Nobody is let in before the link is open.
 */
#ifndef NAT_APP_PEER_GUEST_H
#define NAT_APP_PEER_GUEST_H

#include "app/peer/peer.h"
#include "net/listener.h"

struct guest_conf {
	const char *wanted; /* ID:SERVICE, or NAME:SERVICE */
	const char *local;  /* [udp:][HOST:]PORT; NULL: standard in and out */
	unsigned paths;     /* enum reach_path */
};

struct guest { /* fields are private to guest.c but for outcome */
	struct peering *of;
	const struct guest_conf *conf;
	struct reach *reach;
	struct peer_ear reached;
	struct link_ear ear;
	struct link *link; /* NULL: it is not open */
	struct listener listener;
	struct timer again;
	struct udp udp;
	struct p2p_service service; /* its name, and where we listen */
	struct tie_stdio ends;
	int outcome; /* of standard input and output */
};

/* NULL, or what is wrong with it. */
const char *guest_fault(const struct guest_conf *conf);

/* 0, or an error that has been said. */
MUST_USE int guest_start(struct guest *v, struct peering *of,
			 const struct guest_conf *conf, struct diag *d);
void guest_stop(struct guest *v);

#endif
