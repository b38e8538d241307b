/* listener - a listening socket that is pulled: a wake says that somebody may
 * have come; the owner takes at most LISTENER_BATCH of them in one wake.
 */
#ifndef NAT_NET_LISTENER_H
#define NAT_NET_LISTENER_H

#include "base/addr.h"
#include "net/net.h"

enum { LISTENER_BATCH = 16, LISTENER_REST_MS = 100 };

struct listener {
	struct io io;
	struct timer again; /* runs while nobody can be accepted */
	struct net *net;
	struct addr at; /* as bound: with the real port */
	void (*come)(struct listener *l);
};

/* host empty: every address, IPv6 and IPv4 (or IPv4 alone where there is no
 * IPv6). host is a number here. 0; -NAT_EINUSE, -NAT_EACCESS, -NAT_EADDR, ...
 */
MUST_USE int listener_start(struct listener *l, struct net *net,
			    struct bytes host, uint16_t port,
			    void (*come)(struct listener *));
/* The same on a socket that listens already and is the listener's from now on;
 * at is where.
 */
void listener_take(struct listener *l, struct net *net, int fd,
		   const struct addr *at, void (*come)(struct listener *));
/* to becomes what from was, paused or not; from is stopped. */
void listener_move(struct listener *to, struct listener *from);
void listener_stop(struct listener *l);
/* Nobody is told who comes meanwhile: they wait. */
void listener_pause(struct listener *l, bool pause);

static inline bool listener_runs(const struct listener *l)
{
	return l->io.loop != NULL;
}

/* A connection, tuned, or -NAT_EAGAIN. Out of descriptors, the one that waits
 * longest is closed so that its owner knows; where not even that can be done, or
 * memory is short, no wake comes for LISTENER_REST_MS.
 */
MUST_USE int listener_accept(struct listener *l, struct addr *from);

#endif
