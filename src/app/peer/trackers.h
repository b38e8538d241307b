/* trackers - where introducers register (docs/protocol/tracker.md), and where those
 * who have too few ask for them. All from the peer's own socket: what a tracker
 * sees is where the peer is.
 *
 * What a tracker says is an address to try (seek.h), and no more.
 */
#ifndef NAT_APP_PEER_TRACKERS_H
#define NAT_APP_PEER_TRACKERS_H

#include "app/peer/node.h"
#include "net/resolve.h"
#include "wire/track.h"

enum { TRACKERS_ID = 16 };

struct trackers;

struct tracker_at { /* private to trackers.c */
	struct trackers *of;
	struct resolve resolve;
	struct hostport where;
	struct addr at;      /* ADDR_NONE: not known yet */
	int64_t look, next;  /* ms: its name is looked up, it is asked */
	int64_t cookie_from; /* ms */
	uint8_t tries;       /* since it last answered */
	uint8_t cookie_n, cookie[TRACK_COOKIE];
};

struct trackers { /* private to trackers.c */
	struct net *net;
	struct node *node;
	const char *group;
	/* What is due may have changed. */
	void (*changed)(struct trackers *ts);
	char id[TRACKERS_ID + 1]; /* of who registers */
	uint32_t n;
	struct tracker_at each[OPT_LIST_MAX];
};

/* NULL, or what is wrong with the name of a group. */
const char *trackers_group_fault(const char *group);

/* net and changed have been set; node is keyed. HOST[:PORT] each. 0, or
 * -NAT_EINVAL.
 */
MUST_USE int trackers_start(struct trackers *ts, struct node *node,
			    const struct opt_list *where, const char *group);
void trackers_stop(struct trackers *ts);

/* node knows the time. */
void trackers_tick(struct trackers *ts);
int64_t trackers_due(const struct trackers *ts);

/* Is it from a tracker? Then it is done with. */
bool trackers_hear(struct trackers *ts, const struct addr *from,
		   struct bytes answer);

#endif
