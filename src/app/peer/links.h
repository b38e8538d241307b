/* links - DTLS and SCTP with peers (net/assoc.h), each proven by the key that its id
 * is the hash of, over whatever path there is: straight, or by a proxy. A path may
 * become another at any time; what flows does not notice.
 *
 * Who asks is the client and says which way (links_go); the other side answers the
 * way the newest genuine datagram came. Nobody reaches a service who is not named
 * with it (allow.h).
 *
 *	expected ── a ClientHello, links_go ──► shakes ──► open
 *	 └─────── nobody comes, silence, the end ──► gone ◄──┘
 */
#ifndef NAT_APP_PEER_LINKS_H
#define NAT_APP_PEER_LINKS_H

#include "net/ties.h"
#include "app/peer/node.h"
#include "net/udp.h"

struct link;

/* Whoever wants a peer's services. */
struct link_ear {
	void (*open)(struct link_ear *ear, struct link *k);
	/* It is gone with all that was in it; may be begun anew. */
	void (*over)(struct link_ear *ear, const char *why);
};

/* What a link is by. */
enum link_way { LINK_NOWHERE, LINK_STRAIGHT, LINK_PROXY };
enum { LINK_WHOLE = 1500, LINK_NAME = 16 };

struct link { /* fields are private to links.c but for assoc, ties, id */
	struct slot slot;
	struct links *of;
	struct assoc assoc;
	struct ties ties;
	struct soon end;
	struct link_ear *ear; /* NULL: it came */
	const char *why;
	uint8_t id[CHAIN_ID];
	uint8_t name[LINK_NAME]; /* of it, in the log */
	uint8_t way;             /* enum link_way */
	uint8_t pieces;          /* of whole, that are there */
	bool serves;             /* as the server */
	unsigned unheard;        /* datagrams since something genuine came */
	int64_t proved;          /* ms: something genuine has come, */
	int64_t seen;            /* anything of it, */
	int64_t heard;           /* and something genuine */
	uint32_t run;            /* of the peer, when it began; 0: not met */
	struct addr at, to;      /* straight: plain, and for the socket */
	struct node_pass pass;   /* by a proxy */
	bool keyed;
	struct hmac mac; /* of data that one of us passes on for the other */
	size_t nwhole;
	uint8_t whole[LINK_WHOLE]; /* of pieces */
};

struct links_conf {
	uint32_t max_links, max_joints;
	uint32_t nservices;
	struct p2p_service services[P2P_SERVICES];
};

struct links { /* private to links.c */
	struct net *net;
	struct node *node;
	struct udp *udp;
	const struct links_conf *conf;
	struct rtc *rtc;
	struct span memory;
	struct slots rows;
	struct tables tables;
	struct timer sweep;
	struct link_ear quiet; /* of links for the key alone */
	struct x509 cert;
	struct tls_identity own;
	uint8_t der[1024];
};

/* node->self is there; udp will be. 0, or an error. */
MUST_USE int links_start(struct links *ls, struct node *node, struct udp *udp,
			 const struct links_conf *conf);
void links_stop(struct links *ls);

/* To go the way by which the wanted one has been reached, or wait for one: by 0.
 * NULL: there is no room.
 */
struct link *links_go(struct links *ls, const struct reach *r, int64_t trip,
		      struct link_ear *ear);

/* A datagram that assoc_wants, from that address. */
void links_hear(struct links *ls, const struct addr *from, struct span b);

/* ---- what node tells ---- */

void links_asked(struct links *ls, const struct peer *p);
void links_met(struct links *ls, const struct peer *p);
void links_data(struct links *ls, const struct node_pass *from,
		struct bytes data);
/* NULL: there is none yet. */
const struct hmac *links_mac(struct links *ls, const uint8_t id[CHAIN_ID]);

#endif
