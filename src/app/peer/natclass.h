/* natclass - what stands before this peer, T1 to T4, asked of STUN servers and
 * trackers (wire/nattype.h) from three ports of its own; and asked again when
 * something suggests that it is another one.
 */
#ifndef NAT_APP_PEER_NATCLASS_H
#define NAT_APP_PEER_NATCLASS_H

#include "base/opt.h"
#include "net/natprobe.h"
#include "net/resolve.h"
#include "wire/showchain.h"

enum { NATCLASS_SERVERS = 4 };

struct natclass;

struct nat_server { /* private to natclass.c */
	struct natclass *of;
	struct resolve resolve;
	struct hostport at;
	bool asks; /* for its address */
};

struct natclass { /* private to natclass.c, but for net and known */
	struct net *net;
	/* enum chain_nat, or 0: nobody has told. */
	void (*known)(struct natclass *nc, enum chain_nat nat);
	struct natprobe probe;
	struct timer due;
	bool begun; /* a question is under way, */
	bool anew;  /* and another one shall follow */
	int64_t last;
	uint32_t nservers, naddrs;
	struct nat_server servers[NATCLASS_SERVERS];
	struct addr addrs[NATCLASS_SERVERS];
};

/* The first NATCLASS_SERVERS of both lists, HOST[:PORT]: STUN servers, and
 * trackers. known is called from the loop.
 */
void natclass_init(struct natclass *nc, const struct opt_list *stun,
		   const struct opt_list *trackers);
/* Of one that was never begun too. */
void natclass_stop(struct natclass *nc);

/* "T1" to "T4", "public", and "" of 0. */
const char *nat_name(uint8_t nat);

/* Soon: once in half a minute at most. */
void natclass_ask(struct natclass *nc);

#endif
