/* pass - what the parts of a natpass server share: its connections and links.
 *
 *     state    waits for                    leaves by
 *     HEAR     a handshake                  proof -> UP; 10 messages, 10 s, a
 *                                           wrong proof: it is closed
 *     UP       messages to pass on          silence of 600 s, damage
 *
 * A message is passed on where it stands: from the input of who sent it into the
 * output of who gets it. When there is no room the sender waits in a list of the
 * one who is slow, so nothing is kept and nothing lost; who takes nothing for
 * STUCK_MS is closed.
 */
#ifndef NAT_APP_NATPASS_PASS_H
#define NAT_APP_NATPASS_PASS_H

#include "app/natpass/inlet.h"
#include "app/natpass/server.h"
#include "base/ban.h"
#include "base/limit.h"
#include "base/map.h"
#include "base/slot.h"
#include "net/listener.h"
#include "net/tcp.h"
#include "wire/natpass.h"
#include "wire/passfile.h"

enum {
	PASS_HEAR_MS = 10000,
	PASS_KEEPALIVE_MS = 10000,
	PASS_IDLE_MS = 600000,
	PASS_STUCK_MS = 30000,
	PASS_TRIES = 10,          /* messages before a handshake */
	PASS_HANDSHAKE = 4096,    /* most bytes of one */
	PASS_SECRETS = 64 * 1024, /* most bytes of the file */
	PASS_BANS = 1024
};

struct pass_end { /* one side of a link; that of a closed one tells so */
	struct pass_link *link;
	struct pass_conn *conn; /* NULL: it has been told */
	struct list node;       /* in conn->ends or conn->owed */
	uint64_t sent;          /* bytes of messages from there */
};

struct pass_link {
	struct slot slot;
	struct map_node node;    /* while it is open */
	struct pass_end ends[2]; /* who asked for it, and of whom */
	bool closed;
	uint8_t id_n;
	uint8_t id[NATPASS_LINK];
};

struct pass_conn {
	struct slot slot;
	struct map_node node; /* by id, once it is UP */
	struct natpass_server *server;
	struct tcp tcp;
	struct inlet inlet; /* what it sends */
	struct waker waker;
	struct timer timer; /* the next of: keepalive, too late, stuck */
	struct list knock;  /* among those of whom nothing is known */
	struct list ends;   /* of its links */
	struct list owed;   /* ends of closed links that it is to be told of */
	struct list slow;   /* who waits for room here, */
	struct list wait;   /* and its own place in such a list */
	struct soon more;   /* it may go on */
	struct addr from;
	int64_t since, heard,
		moved; /* ms; moved: it took something, or owed nothing */
	uint64_t sent; /* bytes of messages that went on */
	uint32_t idx;
	uint8_t tries;
	bool up;
	uint8_t id_n;
	uint8_t id[NATPASS_ID];
};

struct natpass_server {
	struct net *net;
	const struct natpass_conf *conf;
	struct secure *secure;
	struct span memory;
	struct slots conns, links;
	struct map by_id, by_link;
	struct map_seed seed;
	struct bans bans;
	struct list knocking; /* the oldest first */
	uint32_t nknocking;
	struct bytes secrets, fresh;
	struct span texts[2]; /* that they are in */
	struct log_rate rate;
	uint32_t turn;          /* for connections of one client, in turn */
	uint64_t opened, moved; /* links; bytes of messages */
	struct {
		uint32_t n;
		struct pass_port {
			struct listener listener;
			struct natpass_server *server;
		} v[OPT_LIST_MAX];
	} ports;
};

static inline struct bytes pass_id(const struct pass_conn *c)
{
	return (struct bytes){ c->id, c->id_n };
}

/* ---- conn.c ---- */

void pass_come(struct listener *l);
/* Its links are closed, and their other ends told. */
void pass_drop(struct pass_conn *c, const char *why);
/* Is there room for n bytes in what it is sent? p NULL: not now. */
struct span pass_room(struct pass_conn *c, size_t n);

/* ---- links.c ---- */

enum pass_step {
	PASS_DONE,  /* the message is dealt with */
	PASS_WAITS, /* there is no room where it goes */
	PASS_WRONG  /* who sends that is closed */
};
/* What c, which is UP, has sent. */
enum pass_step pass_on(struct pass_conn *c, struct bytes message);
/* Tells c of links that are closed, as far as there is room. */
void pass_tell(struct pass_conn *c);
void pass_close_links(struct pass_conn *c);

#endif
