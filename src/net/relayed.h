/* relayed - an address on a TURN server (wire/turn), or one of each family, over UDP,
 * TCP or TLS.
 *
 *	relayed_start(&r, &ask)       resolves, connects, allocates
 *	ops->ready                    r.turn.relayed is ours, and r.turn.also, if
 *	                              that is one; datagrams go and come
 *	ops->over                     it is not, or not any more
 */
#ifndef NAT_NET_RELAYED_H
#define NAT_NET_RELAYED_H

#include "base/slot.h"
#include "net/dial.h"
#include "net/secure.h"
#include "net/tcp.h"
#include "net/udp.h"
#include "wire/turn.h"
#include "wire/turnuri.h"

enum {
	RELAYED_BATCH = 48, /* datagrams of a turn */
	RELAYED_MOST = 1600,
	RELAYED_USER = 128,
	RELAYED_PATIENCE = 10000 /* ms for a connection */
};

/* Where what is wrapped lies until udp_flush: one for all in a process. */
struct relayed_room {
	unsigned used;
	uint8_t v[RELAYED_BATCH][RELAYED_MOST];
};

struct relayed_server {
	struct turnuri uri;
	const char *text;      /* as it was given */
	struct secure *secure; /* of TLS */
};

struct relayed;
struct relayed_ops {
	void (*ready)(struct relayed *r);
	/* data is lent for the call, to be written to. */
	void (*heard)(struct relayed *r, const struct addr *from,
		      struct span data);
	/* Once; the last thing done. relayed_stop is the owner's to call. */
	void (*over)(struct relayed *r, int err);
};

struct relayed { /* fields are private to relayed.c but for turn, server */
	struct slot slot;
	struct net *net;
	const struct relayed_ops *ops;
	const struct relayed_server *server;
	struct relayed_room *room;
	struct turn turn;
	struct resolve resolve;
	struct dial dial;
	struct udp udp;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct soon run;
	int err;
	uint8_t state; /* enum relayed_state of relayed.c */
	uint8_t family, tried;
	bool told;
	char user[RELAYED_USER], password[RELAYED_USER];
};

struct relayed_ask {
	const struct relayed_ops *ops;
	const struct relayed_server *server; /* lent */
	struct relayed_room *room;           /* lent */
	struct bytes user, password;         /* copied */
	uint8_t family; /* of the address; ADDR_NONE: both */
	uint8_t tried;  /* addresses of its name, in vain */
};
/* r is all zeros but for its slot. What comes of it is told by ops, later. */
void relayed_start(struct relayed *r, struct net *net,
		   const struct relayed_ask *ask);
/* The address is given back. */
void relayed_stop(struct relayed *r);

/* Lost, as datagrams may be, or on its way by the next udp_flush. */
void relayed_send(struct relayed *r, const struct addr *to, struct bytes b);
/* Has anybody heard of it lately? The server is asked; over, if it says no. */
void relayed_doubt(struct relayed *r);
/* Much will go there: by a channel. */
void relayed_bind(struct relayed *r, const struct addr *to);

#endif
