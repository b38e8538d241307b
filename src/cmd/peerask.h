/* peerask - nat peer ping ID and nat peer list: a peer that asks and ends. */
#ifndef NAT_CMD_PEERASK_H
#define NAT_CMD_PEERASK_H

#include "app/peer/peer.h"
#include "cmd/role.h"

struct peer_set {
	struct common common; /* first */
	struct peer_conf conf;
	struct opt_list
		path;     /* of ping: direct, introduced, proxy; none: all */
	int64_t patience; /* of ping, ms */
	struct peering *peering;
	uint32_t visitors; /* it has none: there is nothing to lower */
};

/* The exit code. */
int peerask(const struct peer_set *set, int argc, char **argv);

#endif
