/* bodies - the body of a request or an answer on its way, framed anew as it goes on
 * (wire/body.h), for exchange.c.
 */
#ifndef NAT_APP_RELAY_BODIES_H
#define NAT_APP_RELAY_BODIES_H

#include "app/relay/web.h"
#include "net/pump.h"

struct bodies_way {
	struct web_flow *flow;
	struct stream *from, *to;
	struct pump *by; /* of the data connection: its count and its limit */
};

/* As much as goes now. 1: all of it is over, 0: not now, -NAT_EPROTO, -NAT_EROOM.
 */
MUST_USE int bodies_move(const struct bodies_way *w);

#endif
