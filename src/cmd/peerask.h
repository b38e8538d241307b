/* peerask - nat peer ping ID and nat peer list: a peer that asks and ends; what the
 * words of nat peer mean.
 */
#ifndef NAT_CMD_PEERASK_H
#define NAT_CMD_PEERASK_H

#include "app/peer/guest.h"
#include "cmd/role.h"

struct peer_role { /* what runs */
	struct peering *peering;
	struct guest guest;
};

struct peer_set {
	struct common common; /* first */
	struct peer_conf conf;
	struct opt_list
		path;     /* of ping: direct, introduced, proxy; none: all */
	int64_t patience; /* of ping, ms */
	const char *local;
	bool stdio;
	struct guest_conf wish; /* of reach: wanted NULL: there is none */
	struct peer_role *running;
};

/* Bits of enum reach_path; 0: there is a word that is none. None at all: all. */
unsigned peerask_paths(const struct opt_list *l);

/* The exit code. */
int peerask(const struct peer_set *set, int argc, char **argv);

#endif
