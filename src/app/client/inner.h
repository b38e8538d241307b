/* inner - the parts of a client, for its own files. */
#ifndef NAT_APP_CLIENT_INNER_H
#define NAT_APP_CLIENT_INNER_H

#include "app/client/identity.h"
#include "app/client/link.h"
#include "app/client/control.h"
#include "app/client/park.h"
#include "app/client/reach.h"
#include "app/client/shapes.h"
#include "app/client/udplink.h"
#include "app/client/failback.h"
#include "app/client/health.h"
#include "app/client/lane.h"
#include "app/client/moved.h"
#include "app/client/outward.h"
#include "app/client/state.h"

struct client_counts {
	uint64_t logins, losses; /* sessions begun; attempts, sessions lost */
	uint64_t visitors, flows, calls; /* that a limit turned away */
};

struct client {
	struct net *net;
	const struct client_conf *conf;
	struct secure *secure; /* NULL: no TLS */
	struct healths *healths;
	struct shapes *shapes;
	struct shares *shares;
	struct outward outward;
	bool draining;   /* nobody new is served */
	struct span mem; /* all that the client has, itself included */
	struct entries entries;
	struct parks parks;
	struct client_counts counts;
	struct control control;
	struct failback failback;
	struct moved moved;
	struct lane lane;
	struct udplinks udplinks;
	struct state state;
	struct identity identity, fresh; /* fresh: checked by a reload */
	struct reaches reaches;
	struct links links;
};

#endif
