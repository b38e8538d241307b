/* core - what the parts of the relay share. The life of a connection:
 *
 *     control or int port -> door -> session   (a login, or a plain client)
 *                                 -> visitor   (a data connection's header)
 *     published port      -> visitor -> waits for its data connection -> pair
 */
#ifndef NAT_APP_RELAY_CORE_H
#define NAT_APP_RELAY_CORE_H

#include "app/relay/gate.h"
#include "app/relay/relay.h"
#include "app/relay/tokens.h"
#include "base/map.h"
#include "base/slot.h"
#include "base/limit.h"
#include "net/listener.h"
#include "net/pair.h"
#include "net/udp.h"
#include "net/wsock.h"

enum {
	RELAY_PARKED = 4096, /* data connections opened ahead, of all */
	RELAY_RETURNS = 64   /* plain clients' ports remembered */
};

struct relay_return { /* a plain client's address and its port */
	struct addr from;
	uint16_t port;
};

struct relay_returns {
	uint32_t next;
	struct relay_return v[RELAY_RETURNS];
};

struct relay_port { /* one that belongs to no client */
	struct listener listener;
	struct udp udp; /* the same port, for paths; may not run */
	struct relay *relay;
	bool greets; /* silence there means a plain client */
	bool sealed; /* TLS alone is spoken there, */
	bool shared; /* by browsers too (web.h) */
};

struct relay_ports { /* with --open a last one that never greets */
	uint32_t n;
	struct wsocks *ws; /* who comes by WebSocket; NULL: nobody can */
	struct relay_port v[2 * OPT_LIST_MAX + 1];
};

struct flows { /* see flow.h */
	struct span memory;
	struct slots table, lines;
	struct map by_addr, by_id, by_out_id;
	struct list quiet, answered; /* each the longest unused first */
	struct limit fresh;          /* new ones of a neighbourhood */
	struct map_seed seed;
	uint32_t last_id; /* never used again under the same session key */
};

struct waits {             /* visitors that wait, each list the oldest first */
	struct list asked; /* told of on a parked connection */
	struct list told;  /* announced */
	struct timer answer; /* of the oldest of those */
	struct timer expiry;
	struct fronts
		*fronts; /* those before it is known who they are: front.h */
};

struct access;
struct allowances;

struct relay_traffic {
	struct access *access;         /* its log; NULL: there is none */
	struct traffic closed;         /* of ports that are no more */
	struct traffic tally;          /* of all, by report.c */
	struct allowances *allowances; /* of bandwidth: allowance.h */
};

struct relay {
	struct net *net;
	const struct relay_conf *conf;
	struct secure *secure; /* NULL: no TLS */
	struct web *web;       /* NULL: no --http */
	bool draining;         /* nobody new is served */
	const char *state_dir; /* NULL: none */
	struct span memory;
	struct slots doors, sessions, published, visitors, parked;
	struct map by_out_id;  /* visitors that wait */
	struct list orphans;   /* published, their client gone, oldest first */
	struct timer adoption; /* when the oldest is closed */
	struct list knocking;  /* doors, oldest first */
	struct waits waits;
	struct relay_traffic traffic;
	struct tokens tokens, fresh; /* fresh: read, and not yet in force */
	struct flows flows;
	struct gate gate;
	struct relay_returns returns;
	struct relay_ports ports;
};

/* A line at warn about something that strangers cause, within the rate. */
#define relay_warn(relay, who, ...) \
	log_seldom((relay)->net->log, \
		   log_at(&(relay)->gate.rate, relay_now(relay)), who, \
		   __VA_ARGS__)

static inline int64_t relay_now(const struct relay *r)
{
	return r->net->loop->now;
}

/* n characters of the alphabet of ids (no NUL): 62 of them. */
void relay_make_id(uint8_t *to, size_t n);

#endif
