/* node - the engine of a peer. No socket in it: datagrams come in by node_hear and
 * leave through ops->send, time is handed in; node_tick when it is due.
 */
#ifndef NAT_APP_PEER_NODE_H
#define NAT_APP_PEER_NODE_H

#include "app/peer/seek.h"
#include "app/peer/sessions.h"
#include "base/ban.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/opt.h"

enum {
	NODE_DIALS = 128, /* introducers, and addresses of who is reached */
	NODE_REACHES = 32,
	NODE_GREETED = 64,
	NODE_LIMITS = 4096,
	NODE_OPENER_HOPS = 4
};

/* Somebody whom we want to know. */
struct contact {
	bool used;
	bool lasts;       /* an introducer: it is tried for ever */
	bool found;       /* but not by us: only while it answers */
	bool up;          /* it has answered with its hello, */
	bool told;        /* and somebody was there that did not */
	bool known;       /* id is */
	bool afresh;      /* a nonce is asked for, to say hello anew */
	uint8_t tries;    /* since it was last up */
	int64_t next;     /* ms: what is to be done then */
	int64_t greeted;  /* when a hello last went there; 0: none did */
	const char *name; /* as it is called, lent; NULL: by its id */
	uint8_t id[CHAIN_ID];
	struct addr at; /* ADDR_NONE: not known yet */
};

/* Who said hello and shall hear ours, for a moment. */
struct greeted {
	struct addr at;
	int64_t until;
	uint8_t id[CHAIN_ID];
};

enum reach_path {
	REACH_DIRECT = 1,
	REACH_INTRODUCED = 2,
	REACH_PROXY = 4,
	REACH_STRAIGHT = REACH_DIRECT | REACH_INTRODUCED,
	REACH_ALL = REACH_STRAIGHT | REACH_PROXY
};

/* A session of a proxy, seen from one of its two ends. */
struct node_pass {
	struct addr proxy;
	uint8_t token[CHAIN_SESSION];
	uint8_t to[CHAIN_ID]; /* the other end */
};

/* A peer that is wanted, by all ways that may be at once. */
struct reach {
	bool used;
	uint8_t paths;               /* enum reach_path: those to be tried */
	uint8_t by;                  /* the one that is there; 0: none */
	uint8_t tries;               /* of an introduction, */
	uint8_t proxies;             /* of a session, of late */
	bool punched;                /* addresses of it have been told */
	bool doubt;                  /* it may not be where it was */
	bool apart;                  /* NATs are: no use in calling */
	bool session;                /* there is one, */
	int64_t next, asked, afresh; /* ms */
	int64_t heard;               /* ms: something came in the session */
	uint8_t id[CHAIN_ID];
	struct node_pass by_proxy; /* that one */
};

struct node_counts {
	uint64_t checked, wrong, nonces, passed;
	uint64_t moved; /* introducers had us at another address, or not */
};

struct node_rules {
	const struct opt_list *allow; /* ids; none: all */
	uint32_t rate;                /* signed messages a second of an id */
	bool public;                  /* we introduce, and pass data on */
	enum chain_nat nat;           /* before us; 0: not known */
	bool seeks;                   /* introducers that are not named */
	bool strict;                  /* data by proxies is signed, all of it */
	bool grouped;                 /* only those of a group say hello: */
	struct hmac group;            /* keyed */
};

struct node;

/* What its owner does. */
struct node_ops {
	/* hops: 0: as many as usual. */
	void (*send)(struct node *n, const struct addr *to, struct bytes what,
		     unsigned hops);
	/* Who was dialled has said hello; first: and its id was not known. */
	void (*up)(struct node *n, const struct contact *d, bool first);
	/* By another path than before, r->by; 0: by none any more. */
	void (*reached)(struct node *n, const struct reach *r, int64_t trip);
	/* A good hello has come of it, perhaps from a new address. */
	void (*met)(struct node *n, const struct peer *p);
	/* It asks for us, from its address. */
	void (*asked)(struct node *n, const struct peer *p);
	/* Data by a proxy, of whom it says; messages of ours too. */
	void (*data)(struct node *n, const struct node_pass *from,
		     struct bytes data);
	/* May it introduce us, though no option says where it is? */
	bool (*trusts)(struct node *n, const uint8_t id[CHAIN_ID]);
	/* The key, if there is one, of a peer that uses us as a proxy, or whom we
	 * use.
	 */
	const struct hmac *(*mac)(struct node *n, const uint8_t id[CHAIN_ID]);
};

struct node { /* set before node_start: all above nonces */
	const struct node_ops *ops;
	struct log *log;
	struct chain_self *self;
	struct node_rules rules;
	uint8_t nlan;
	struct addr lan[CHAIN_LAN];
	struct hmac nonces; /* keyed */
	struct peers peers;
	struct sessions sessions;
	struct bans wrong;   /* addresses by wrong signatures */
	struct limit limits; /* what strangers and peers may ask for */
	struct log_rate loud;
	int64_t now, unix; /* ms, of the call at hand */
	int64_t sweep;     /* ms: when the tables are gone through again */
	uint32_t seq;
	struct contact dials[NODE_DIALS];
	struct greeted greeted[NODE_GREETED];
	struct reach reaches[NODE_REACHES];
	struct seek seek;
	struct node_counts counts;
	struct span memory;
};

struct node_limits {
	uint32_t peers, sessions, address;
};

/* Sets the tables up; what is above them has been set. 0 or -NAT_EMEMORY. */
MUST_USE int node_start(struct node *n, const struct node_limits *most);
void node_stop(struct node *n);

void node_hear(struct node *n, const struct addr *from, struct bytes what,
	       int64_t now, int64_t unix);
/* What is said next is said then. */
void node_turn(struct node *n, int64_t now, int64_t unix);
/* Something else has come from an address that is nobody's. */
void node_stranger(struct node *n, const struct addr *from, struct bytes what);
void node_tick(struct node *n, int64_t now, int64_t unix);
int64_t node_due(const struct node *n);

/* What stands before us: those who introduce us are told. */
void node_behind(struct node *n, enum chain_nat nat);
/* We are somewhere else, perhaps: the same, at once. */
void node_moved(struct node *n);

/* ---- who is who ---- */

bool node_same(const struct addr *a, const struct addr *b);
bool node_is_me(const struct node *n, const uint8_t id[CHAIN_ID]);
bool node_allows(const struct node *n, const uint8_t id[CHAIN_ID]);
/* A peer of a dial that is up, at that address. */
struct peer *node_mine(const struct node *n, const struct addr *at);

/* ---- what is wanted ---- */

/* at ADDR_NONE: not known yet; lasts: an introducer. NULL: there is no room. */
struct contact *node_dial(struct node *n, const struct addr *at,
			  const uint8_t *id, bool lasts);

/* An introducer may be there, of that id; NULL: of one that is trusted. */
void node_told(struct node *n, const struct addr *at, const uint8_t *id);
/* How many there are, and whether more are wanted. */
unsigned node_introducers(const struct node *n);
bool node_seeks(const struct node *n);

/* NULL: too many are wanted. */
struct reach *node_reach(struct node *n, const uint8_t id[CHAIN_ID],
			 unsigned paths);
/* It has left where it was: all ways are tried anew. */
void node_reach_again(struct node *n, struct reach *r);

/* At most so many bytes to the other end of a proxy's session: node_pass_most. */
size_t node_pass_most(struct node *n, const struct node_pass *by);
void node_pass(struct node *n, const struct node_pass *by, struct bytes data);

#endif
