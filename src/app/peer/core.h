/* core - what the files of a peer share. No socket in it: datagrams come in by
 * node_hear and leave through send, time is handed in; node_tick when it is due.
 */
#ifndef NAT_APP_PEER_CORE_H
#define NAT_APP_PEER_CORE_H

#include "app/peer/sessions.h"
#include "base/ban.h"
#include "base/limit.h"
#include "base/log.h"
#include "base/opt.h"

enum {
	NODE_DIALS = 32, /* introducers and who is being reached */
	NODE_GREETED = 64,
	NODE_LIMITS = 4096,
	NODE_OPENER_HOPS = 4
};

/* Somebody whom we want to know. */
struct dial {
	bool used;
	bool lasts;       /* an introducer: it is tried for ever */
	bool up;          /* it has answered with its hello, */
	bool told;        /* and somebody was there that did not */
	bool known;       /* id is */
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

enum reach_path { REACH_DIRECT = 1, REACH_INTRODUCED = 2, REACH_PROXY = 4 };

/* One peer that is being reached. */
struct reach {
	bool wanted;
	uint8_t paths;              /* enum reach_path: those to be tried */
	uint8_t tries;              /* of an introduction */
	uint8_t proxies;            /* of a session */
	bool punched;               /* addresses of it have been told */
	bool session;               /* there is one, */
	int64_t begun, next, asked; /* ms */
	uint8_t id[CHAIN_ID];
	uint8_t token[CHAIN_SESSION];
	struct addr proxy; /* by this one */
};

struct node_counts {
	uint64_t checked, wrong, nonces, passed;
};

struct node_rules {
	const struct opt_list *allow; /* ids; none: all */
	uint32_t rate;                /* signed messages a second of an id */
	bool public;                  /* we introduce, and pass data on */
	bool grouped;                 /* only those of a group say hello: */
	struct hmac group;            /* keyed */
};

struct node {
	/* hops: 0: as many as usual. */
	void (*send)(struct node *n, const struct addr *to, struct bytes what,
		     unsigned hops);
	/* Who was dialled has said hello; first: and its id was not known. */
	void (*up)(struct node *n, const struct dial *d, bool first);
	/* It is reached. */
	void (*reached)(struct node *n, enum reach_path by, int64_t trip);
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
	struct dial dials[NODE_DIALS];
	struct greeted greeted[NODE_GREETED];
	struct reach reach;
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
void node_tick(struct node *n, int64_t now, int64_t unix);
int64_t node_due(const struct node *n);

/* A datagram that is a message, and who sent it if that is known. */
struct heard {
	struct node *node;
	const struct addr *from;
	const struct chain *m;
	struct bytes what; /* as it came */
	struct peer *who;  /* NULL: nobody, or not from there */
};

/* ---- node.c ---- */

bool node_same(const struct addr *a, const struct addr *b);
bool node_is_me(const struct node *n, const uint8_t id[CHAIN_ID]);
bool node_allows(const struct node *n, const uint8_t id[CHAIN_ID]);
/* A peer of a dial that is up, at that address. */
struct peer *node_mine(const struct node *n, const struct addr *at);
/* What may be asked for so often: a second, at once. */
enum node_what {
	NODE_NONCE = 1,
	NODE_GREETING,
	NODE_SIGNED,
	NODE_ANSWER,
	NODE_UNPROVEN
};
bool node_may(struct node *n, enum node_what what, struct bytes key,
	      uint32_t rate, uint32_t burst);
bool node_may_addr(struct node *n, enum node_what what, const struct addr *a,
		   uint32_t rate, uint32_t burst);

void node_send(struct node *n, const struct addr *to, const struct chain *m);
/* Fills in who we are, seq and ts, and signs. */
void node_send_signed(struct node *n, const struct addr *to, struct chain *m);
void node_refuse(const struct heard *h, enum chain_code code);

/* Is it signed by that key? Costs the address when not. */
bool node_believes(const struct heard *h, const uint8_t key[CHAIN_MODULUS]);

/* ---- greet.c ---- */

/* at ADDR_NONE: not known yet; lasts: an introducer. NULL: there is no room. */
struct dial *node_dial(struct node *n, const struct addr *at, const uint8_t *id,
		       bool lasts);
void node_offer_nonce(const struct heard *h);
void node_open(struct node *n, const struct addr *to, unsigned hops);
void greet_tick(struct node *n);
int64_t greet_due(const struct node *n);
void take_keep(struct heard *h);
void take_nonce(struct heard *h);
void take_hello(struct heard *h);

/* ---- introduce.c, proxy.c, reach.c ---- */

void take_connect(struct heard *h);
void take_request(struct heard *h);
void take_pass_request(struct heard *h);
void take_same_nat(struct heard *h);
void take_ack(struct heard *h);
void take_proxy(struct heard *h);
void take_send(struct heard *h);
void take_data(struct heard *h);
void take_data_ack(struct heard *h);
void take_connected(struct heard *h);
void take_pass_ack(struct heard *h);
void take_proxied(struct heard *h);
void take_no(struct heard *h);

void node_reach(struct node *n, const uint8_t id[CHAIN_ID], unsigned paths);
void reach_tick(struct node *n);
void reach_told_lan(struct heard *h);
/* Data of the session has come back; true: it was ours. */
bool reach_heard_data(struct heard *h);

#endif
