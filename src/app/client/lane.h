/* lane - the datagrams between the client and its relay: one socket, which says
 * hello so that the relay knows where we are, and the NATs between as well.
 */
#ifndef NAT_APP_CLIENT_LANE_H
#define NAT_APP_CLIENT_LANE_H

#include "net/udp.h"
#include "wire/carrier.h"

struct client;

struct lane { /* fields are private to lane.c but for lost */
	struct udp udp;
	struct timer timer; /* the next hello */
	struct timer stale; /* when what came too early is let go */
	struct buf
		*early; /* of flows not connected yet: flow, counter, framed */
	struct carrier_window window;
	struct carrier_key key;
	uint32_t sent;
	uint32_t unanswered; /* hellos */
	uint64_t lost;       /* datagrams */
};

void lane_init(struct lane *p);

/* Toward the relay of this session. What goes wrong only makes UDP go over TCP. */
void lane_start(struct client *c, const struct addr *relay);
void lane_stop(struct client *c);
/* The same lane from another socket: our address may be another. */
void lane_renew(struct client *c);

struct udplink;
/* What came of f before it was connected to the service: to the service. */
void lane_deliver_early(struct client *c, struct udplink *f);

/* Says c->payload on c->flow with c->counter; it is lost when there is no path. */
void lane_say(struct client *c, const struct carrier *say);

#endif
