/* others - a part: what this tracker has to do with other hosts than the one that
 * asks. It answers STUN, probes addresses that are named to it, and knows other
 * trackers. A build without the part answers //tcksvr with itself alone.
 */
#ifndef NAT_APP_TRACKER_OTHERS_H
#define NAT_APP_TRACKER_OTHERS_H

#include "app/tracker/list.h"
#include "app/tracker/peers.h"
#include "app/tracker/probe.h"

enum { TRACKER_CORNERS = 4 /* sockets of behaviour discovery */ };

struct others {
	struct tracker_list list;
	struct prober prober;
	struct peers peers;
	struct addr aside; /* where an answer goes until the flush */
	bool discovery;    /* the first four ports are corners: binding.c */
};

struct tracker;
struct tracker_asked;
struct member;
struct track;

/* The ports are open. On failure, what is wrong has been said through d. */
MUST_USE int others_start(struct tracker *t, struct diag *d);
void others_stop(struct tracker *t);
void others_expire(struct tracker *t, int64_t now);

/* A datagram that is no request in text. */
void others_hear(struct tracker_asked *a);
/* //tcksvr */
void others_tell(struct tracker_asked *a, const struct track *what);
/* The member who asks can be reached, it says, at another host's address. */
void others_ask(struct tracker_asked *a, const struct member *m,
		const struct addr *claim);

#endif
