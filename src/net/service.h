/* service - what is shared with peers, or reached at one, under a name. */
#ifndef NAT_NET_SERVICE_H
#define NAT_NET_SERVICE_H

#include "base/addr.h"

enum { P2P_SERVICES = 16 };

struct p2p_service {
	struct bytes name; /* empty: any */
	struct hostport
		at; /* a host's: where it is; a join's: where we listen */
};

/* NULL, or what is wrong with it: NAME=tcp:HOST:PORT. */
const char *p2p_parse_shared(struct p2p_service *s, struct bytes text);

#endif
