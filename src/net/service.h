/* service - what is shared with peers, or reached at one, under a name. */
#ifndef NAT_NET_SERVICE_H
#define NAT_NET_SERVICE_H

#include "base/addr.h"
#include "base/opt.h"

enum { P2P_SERVICES = OPT_LIST_MAX };

struct p2p_service {
	struct bytes name;  /* empty: any */
	struct hostport at; /* where it is, or where we listen for it */
	bool udp;
};

/* HOST:PORT of a service, on this host where none is named. False: it is none. */
MUST_USE bool p2p_read_far(struct p2p_service *s, struct bytes text);
/* [udp:][HOST:]PORT where we listen; names of other hosts are not looked up. */
MUST_USE bool p2p_read_here(struct p2p_service *s, struct bytes text);

/* NULL, or what is wrong with it: NAME=tcp:HOST:PORT, or udp:. */
const char *p2p_parse_shared(struct p2p_service *s, struct bytes text);
/* [udp:][HOST:]PORT=NAME. */
const char *p2p_parse_wanted(struct p2p_service *s, struct bytes text);

#endif
