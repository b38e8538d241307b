/* peers - other trackers that this one is told of at start: once a minute each is
 * asked by STUN how it sees this one, and for its list; and it, and whoever is in
 * the list here, is told of this one by //tcksvr/ADDR.
 */
#ifndef NAT_APP_TRACKER_PEERS_H
#define NAT_APP_TRACKER_PEERS_H

#include "base/opt.h"
#include "net/resolve.h"
#include "net/udp.h"
#include "wire/stun.h"

struct peers;

struct peer { /* private to peers.c */
	struct resolve resolve;
	struct peers *peers;
	struct addr at; /* ADDR_NONE: its name is not known yet */
	uint16_t port;
	bool looked_up; /* resolve has been started */
	uint8_t id[STUN_ID];
	struct addr sees; /* this tracker as; ADDR_NONE: it has not said */
};

struct peers { /* private to peers.c */
	struct timer round;
	uint32_t n;
	bool learns; /* this tracker's address is what most of them see */
	struct peer v[OPT_LIST_MAX];
};

struct tracker;
struct tracker_conf;

/* Begins at once. */
void peers_start(struct tracker *t, const struct tracker_conf *conf);
void peers_stop(struct tracker *t);

/* A datagram that is no request: is it a peer's answer? */
void peers_hear_stun(struct tracker *t, const struct addr *from,
		     const struct stun *m);
void peers_hear_text(struct tracker *t, const struct addr *from,
		     struct bytes text);

/* Tells another tracker of this one. */
void peers_announce(struct tracker *t, const struct addr *to);

#endif
