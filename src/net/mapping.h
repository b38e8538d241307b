/* mapping - a port of the gateway's, kept (wire/portmap.h): its sockets and its time. */
#ifndef NAT_NET_MAPPING_H
#define NAT_NET_MAPPING_H

#include "net/fetch.h"
#include "net/udp.h"
#include "wire/portmap.h"

struct mapping { /* fields are private to mapping.c but for map, conf */
	struct portmap map;
	struct portmap_conf conf; /* to be filled, but for own */
	struct net *net;
	void (*changed)(struct mapping *m);
	struct udp gateway, ssdp;
	struct fetch fetch;
	struct timer due;
	struct soon look;
};

/* changed comes from the loop whenever there is something to look at in map, and may
 * stop m. page: UPNP_PAGE bytes, lent. 0, or why not: there is no way to the gateway.
 */
MUST_USE int mapping_start(struct mapping *m, struct net *net, struct span page,
			   void (*changed)(struct mapping *m));

/* Takes the port away: changed comes until map.state is PORTMAP_OVER. */
void mapping_leave(struct mapping *m);
void mapping_stop(struct mapping *m);

#endif
