/* peer - a signed UDP peer (docs/protocol/showchain.md) on a socket: the engine of
 * node.h with a key, names, what it trusts.
 */
#ifndef NAT_APP_PEER_PEER_H
#define NAT_APP_PEER_PEER_H

#include "app/peer/links.h"
#include "app/peer/natclass.h"
#include "app/peer/trackers.h"
#include "app/peer/trust.h"
#include "base/report.h"
#include "net/resolve.h"
#include "net/udp.h"

struct peer_conf {
	const char *key, *listen, *trust, *group_key; /* NULL: none */
	struct opt_list introducer;    /* ID@HOST:PORT, or HOST:PORT */
	struct opt_list tracker, stun; /* HOST[:PORT] */
	const char *group;             /* at trackers; NULL: none */
	struct opt_list allow, lan;
	bool public, strict;
	struct links_conf links;
	uint32_t max_peers, max_sessions, max_address, rate;
};

/* Says all that start would refuse without touching the system. */
void peer_fit(const struct peer_conf *conf, struct diag *d);

struct peering;

struct peer_ear;

struct introducer { /* private to peer.c but for dial */
	struct peering *of;
	struct resolve resolve;
	struct hostport at;
	const char *text; /* HOST:PORT as written */
	struct contact *dial;
	int64_t again; /* when its name is looked up anew */
};

enum { PEERING_OUT = 32 };

struct peering { /* private to peer.c, but for node, introducers, trust */
	struct net *net;
	const struct peer_conf *conf;
	struct node node;
	struct chain_self self;
	struct trust trust;
	struct udp udp;
	struct links links;
	struct trackers trackers;
	struct natclass natclass;
	uint64_t moved; /* of the counts of node, when it last asked */
	struct timer due;
	int64_t epoch; /* when the loop's clock was 0, ms since 1970 */
	struct introducer introducers[OPT_LIST_MAX];
	struct peer_ear *ear; /* of who asked for a peer; NULL: nobody has */
	unsigned out;         /* datagrams that leave with the next flush */
	struct addr to[PEERING_OUT];
	uint8_t room[PEERING_OUT][CHAIN_MOST];
};

/* 0, or an error that has been said. */
MUST_USE int peering_start(struct peering **out, struct net *net,
			   const struct peer_conf *conf, struct diag *d);
void peering_stop(struct peering *p);
/* What it tells of itself; report.c. */
struct report peering_report(struct peering *p);
/* Says who it is and where. */
void peering_ready(const struct peering *p);

/* Paths: those of enum reach_path that are to be tried. The ear hears of each that
 * is there, and when there is none any more. NULL: too many are wanted.
 */
struct peer_ear {
	void (*reached)(struct peer_ear *ear, const struct reach *r,
			int64_t trip);
};
struct reach *peering_reach(struct peering *p, const uint8_t id[CHAIN_ID],
			    unsigned paths, struct peer_ear *ear);

/* Addresses of this machine may have changed. */
void peering_moved(struct peering *p);

/* What node is due for may have changed. */
void peering_wait(struct peering *p);

/* The first introducer at or after *at, which moves past it; NULL: no more. */
const struct contact *peering_introducer(const struct peering *p, uint32_t *at);

/* Whom a text names: an id, or a name that is trusted. */
bool peering_find(const struct peering *p, struct bytes text,
		  uint8_t id[CHAIN_ID]);

#endif
