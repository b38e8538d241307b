/* tracker - tells who asks its address, and members of a group each other's, by
 * UDP (docs/protocol/tracker.md); answers STUN on the same ports.
 */
#ifndef NAT_APP_TRACKER_TRACKER_H
#define NAT_APP_TRACKER_TRACKER_H

#include "base/opt.h"
#include "base/report.h"
#include "net/net.h"
#include "wire/redisurl.h"

struct tracker_conf {
	struct opt_list listen; /* ADDR; at least one */
	struct opt_list trust;  /* CIDR: addresses that need no proof */
	struct opt_list peer;   /* ADDR of other trackers */
	const char *public; /* ADDR of this tracker, "auto": as peers see it;
				 * NULL: as it was asked */
	const char *state;  /* file to remember in; NULL: none */
	const char *store;  /* redis://... to share with others; NULL: none */
	const char *store_password; /* file that has it; NULL: none has */
	struct redisurl redis;      /* what store says; host_n 0: nothing */
	int64_t ttl;                /* ms that a member is remembered */
	uint32_t max_groups, max_members;
	uint32_t max_group, max_address; /* members of one */
};

/* NULL, or what is wrong with the address that others shall know. */
const char *tracker_public_fault(const struct tracker_conf *conf);

/* NULL, with c->redis as c->store says; or what is wrong with that. */
const char *tracker_store_fault(struct tracker_conf *c);

/* Is public what its peers say? */
bool tracker_learns(const struct tracker_conf *conf);

/* Most descriptors at once. */
size_t tracker_descriptors(const struct tracker_conf *conf);

struct tracker;

/* Binds every address. On failure, what is wrong has been said through d. conf is
 * lent until tracker_reload, its texts likewise.
 */
MUST_USE int tracker_start(struct tracker **t, struct net *net,
			   const struct tracker_conf *conf, struct diag *d);
/* Says "tracker: ready on ADDR" for each. */
void tracker_ready(const struct tracker *t);
/* Goes on with another ttl. */
void tracker_reload(struct tracker *t, const struct tracker_conf *conf);
void tracker_stop(struct tracker *t);

/* What it tells of itself. */
struct report tracker_report(struct tracker *t);

#endif
