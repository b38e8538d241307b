/* core - what the files of the signalling server share.
 *
 *     state     waits for                        leaves by
 *     HEAD      the head of a request            101 -> FIRST; anything else is
 *                                                answered -> LEAVES; 10 s
 *     FIRST     its first message                register-host -> HOST, another
 *                                                -> CLIENT; 10 s
 *     HOST      messages                         Close, silence of 60 s, an error
 *     CLIENT    messages                         that is told -> LEAVES
 *     LEAVES    the other side's end             that, or 5 s
 *
 * A message is printed anew into the room of the server, with the sender that its
 * connection is bound to, and copied into the output of who gets it. Who has no
 * room for it now does not get it, which is told to the sender.
 */
#ifndef NAT_APP_SIGNAL_CORE_H
#define NAT_APP_SIGNAL_CORE_H

#include "app/signal/presence.h"
#include "app/signal/signal.h"
#include "base/ban.h"
#include "base/limit.h"
#include "base/map.h"
#include "base/slot.h"
#include "base/tally.h"
#include "net/listener.h"
#include "net/udp.h"
#include "net/wstext.h"
#include "wire/admit.h"
#include "wire/http1.h"
#include "wire/ming.h"

enum {
	SIGNAL_HEAR = 10000,    /* ms for a head, and for a first message */
	SIGNAL_PING = 25000,    /* ms between pings */
	SIGNAL_SILENCE = 60000, /* ms until it is given up, */
	SIGNAL_DOUBT = 3000,    /* and when its id is wanted by another */
	SIGNAL_LINGER = 5000,   /* ms for the other side to end */
	SIGNAL_OFFERS = 8,      /* hosts that may answer one client */
	SIGNAL_KEYS = 64 * 1024 /* most bytes of the token file */
};

/* What came to pass; names are those of metrics. */
#define SIGNAL_COUNTS(X) \
	X(TAKEN, "hosts") \
	X(PASSED, "passed") \
	X(SHARED, "shared") \
	X(NOT_FOUND, "not_found") \
	X(IN_USE, "in_use") \
	X(BUSY, "busy") \
	X(DENIED, "denied") \
	X(WRONG, "wrong") \
	X(STUN, "stun")

enum signal_count {
#define X(name, text) SIGNAL_##name,
	SIGNAL_COUNTS(X)
#undef X
		SIGNAL_COUNTED
};

enum signal_state {
	SIGNAL_HEAD,
	SIGNAL_FIRST,
	SIGNAL_HOST,
	SIGNAL_CLIENT,
	SIGNAL_LEAVES
};

struct signal_mark { /* of an id, by a secret seed */
	uint32_t a, b;
};

struct signal_conn {
	struct slot slot;
	struct map_node node; /* by id, among hosts or clients */
	struct signal *of;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct soon more;
	struct list knock; /* among those who have not said who they are */
	struct wstext ws;
	struct http1_scan scan;
	struct addr from;
	uint8_t state;   /* enum signal_state */
	bool tls;        /* nothing else is spoken where it came */
	bool reached;    /* the others are told to send what is for it */
	bool doubted;    /* another wants its id */
	uint32_t offers; /* hosts that it has called, the last of them: */
	struct signal_mark offered[SIGNAL_OFFERS];
	struct ming_text id;
	struct admit admit;   /* slices of the keys in force */
	int64_t since, heard; /* in this state; anything of it */
};

struct signal_port {
	struct listener listener;
	struct udp udp;
	struct signal *of;
	bool tls; /* and nothing else */
};

struct signal_who { /* tables of connections */
	struct slots conns;
	struct map hosts, clients; /* by id */
	struct list knocking;      /* the oldest first */
	uint32_t nhosts, nclients;
};

struct signal_gate { /* who is let in */
	struct tally tally;
	struct span limits, banned;
	struct limit limit;
	struct bans bans;
	struct span texts[2]; /* of tokens: in force, and being read */
	struct bytes keys, fresh;
};

struct signal_answer { /* to STUN, until they leave */
	size_t at;
	uint8_t room[8 * 1024];
};

struct signal {
	struct net *net;
	const struct signal_conf *conf;
	struct span memory;
	struct signal_who who;
	struct signal_gate gate;
	struct map_seed seeds[2];
	struct secure *secure;
	struct presence *presence; /* NULL: it is alone */
	struct log_rate rate;
	uint64_t counts[SIGNAL_COUNTED];
	uint32_t nports;
	struct signal_port ports[2 * OPT_LIST_MAX];
	struct http1_request request; /* the one at hand */
	struct signal_answer stun;
	uint8_t room[MING_SAID];
};

/* ---- server.c ---- */

/* Slices of the keys in force. False: there is no such token. */
bool signal_admits(const struct signal *s, struct bytes token, struct admit *a);
/* Is there anybody who need not show one? */
bool signal_is_open(const struct signal *s);

/* ---- conn.c ---- */

void signal_come(struct listener *l);
/* The only place that changes the state, but for the end. */
void signal_enter(struct signal_conn *c, enum signal_state state);
/* All of it, at once. */
void signal_drop(struct signal_conn *c, const char *why);
/* Its last words are said; what it still says is thrown away. */
void signal_leave(struct signal_conn *c, const char *why);
/* Strangers come here: within the rate. */
void signal_complain(struct signal_conn *c, const char *why);

/* ---- door.c ---- */

/* What stands in its first bytes is answered. False: it is gone. */
bool signal_open(struct signal_conn *c);

/* ---- route.c ---- */

/* One message. False: c is gone, or leaves. */
bool signal_take(struct signal_conn *c, struct bytes text);
/* Of another server, for one of ours. */
void signal_deliver(struct signal *s, bool to_host, struct bytes text);
/* It is of no id any more. */
void signal_forget(struct signal_conn *c);
struct signal_conn *signal_host(const struct signal *s, struct bytes id);
struct signal_conn *signal_client(const struct signal *s, struct bytes id);
/* An error frame, for that id if it is known. */
void signal_tell(struct signal_conn *c, enum signal_count what,
		 struct bytes id);
/* Its id is another's from now on, who was there first if so. */
void signal_give_up(struct signal_conn *c, bool first);

#endif
