/* ties - what goes by a peer's channels, of host, join and peers:
 * connections of TCP (joint.c), and datagrams (flow.c).
 *
 *	struct tables    places for all of one process
 *	struct ties      those of one peer; they end with it
 *
 * A channel of a TCP service is one connection; each side that ends resets its
 * stream, so half-closes go through, and what is cut off is said to be. One of a UDP
 * service is one who sends datagrams, each of them a message, and what finds no room
 * is lost, and counted.
 */
#ifndef NAT_NET_TIES_H
#define NAT_NET_TIES_H

#include "base/map.h"
#include "base/slot.h"
#include "net/chan.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/service.h"
#include "net/stdio.h"
#include "net/tcp.h"
#include "net/udp.h"

struct tables {
	struct net *net;
	const char *role; /* in the log: "host", "join", "peer" */
	int64_t udp_idle; /* ms */
	struct span memory;
	struct slots joints, flows;
	struct map senders; /* flows of a join, by who sends */
	struct list idle;   /* flows: the longest unused first */
	struct map_seed seed;
	struct log_rate full; /* of what ties_say_full says */
};

/* most: of connections; and as many who send datagrams. */
MUST_USE int tables_start(struct tables *t, struct net *net, uint32_t most);
void tables_stop(struct tables *t);

struct ties {
	struct tables *of;
	struct assoc *assoc;
	struct bytes who; /* the peer, in the log; lent */
	uint32_t n, most; /* of both kinds; most: 0, any number */
	struct list joints, flows;
};

void ties_init(struct ties *t, struct tables *of, struct assoc *assoc,
	       struct bytes who);
/* Is there room for one more of this peer? */
bool ties_may(const struct ties *t);
void ties_end(struct ties *t);

/* How one has ended. */
struct tie_end {
	struct bytes service;
	struct addr from; /* ADDR_NONE: the peer */
	uint64_t in, out; /* bytes; in: from who came */
	int64_t since;
	const char *why;
};
void ties_say(const struct ties *t, const struct tie_end *e);
/* There was no place for who came from there: seldom, and how often is counted. */
void ties_say_full(const struct ties *t, const struct addr *from,
		   struct bytes service);

/* ---- joint.c ---- */

struct joint { /* fields are private to joint.c */
	struct slot slot;
	struct list node; /* of its ties */
	struct ties *of;
	struct bytes service;
	struct tie_stdio *stdio; /* in place of tcp; or NULL */
	struct chan chan;
	struct tcp tcp;
	struct waker waker;   /* until they are paired; then before pair's */
	struct waker *behind; /* a join's: that one */
	struct dial dial;
	struct pair pair;
	struct addr from;
	int64_t since;
	bool dials, paired;
};

/* A host's: a channel of the peer's has come. False: there are too many. */
MUST_USE bool joint_come(struct ties *t, uint16_t sid,
			 const struct p2p_service *s);
/* A join's: fd, its from then on, has come for that service. */
void joint_call(struct ties *t, int fd, const struct addr *from,
		struct bytes service);
/* The same for standard input and output; left is called at its end, by err. */
struct tie_stdio {
	struct stdio stdio;
	void (*left)(struct tie_stdio *s, int err);
};
MUST_USE bool joint_stdio(struct ties *t, struct tie_stdio *s,
			  struct bytes service);
void joint_end_all(struct ties *t);

/* ---- flow.c ---- */

struct flow { /* fields are private to flow.c */
	struct slot slot;
	struct list node, idle; /* of its ties; of all */
	struct map_node sender; /* a join's */
	struct ties *of;
	const struct p2p_service *service;
	struct chan chan;
	struct waker waker;
	struct timer timer;
	struct resolve resolve; /* a host's, until it has been found once */
	struct udp own;         /* a host's, while it is in use */
	struct udp *at;         /* a join's: where they come */
	struct addr far, here;  /* who sends there; a host's: the service */
	int64_t since, last;
	uint64_t in, out, lost; /* bytes; datagrams */
};

/* A host's, as joint_come. */
MUST_USE bool flow_come(struct ties *t, uint16_t sid,
			const struct p2p_service *s);
/* A join's: datagrams have come at u for that service. */
void flow_hear(struct ties *t, struct udp *u, const struct p2p_service *s);
void flow_end_all(struct ties *t);

#endif
