/* probe - asks an address that somebody has named whether anybody is there: a
 * STUN request and //nat from a fresh port. One a minute for each address, four a
 * minute for whoever names them, PROBES at once; what exceeds that is not asked.
 */
#ifndef NAT_APP_TRACKER_PROBE_H
#define NAT_APP_TRACKER_PROBE_H

#include "base/limit.h"
#include "base/slot.h"
#include "net/udp.h"
#include "wire/stun.h"

enum { PROBES = 16, PROBE_ROWS = 1024 };

struct probe { /* private to probe.c but for at, member */
	struct udp udp;
	struct timer end;
	struct prober *prober;
	uint8_t id[STUN_ID];
	struct addr at;
	struct slot_name member; /* who named its own; gen 0: a tracker */
};

struct prober {
	struct net *net;
	/* It has answered. */
	void (*heard)(struct prober *r, const struct probe *p);
	struct limit named; /* by address; in minutes */
	struct probe probes[PROBES];
	struct limit_row rates[PROBE_ROWS];
};

void prober_init(struct prober *r, struct net *net,
		 const struct map_seed *seed);
void prober_stop(struct prober *r);

/* by: who named it. An address of a private network, or of this machine, is asked
 * only for who is in such a network too.
 */
void prober_ask(struct prober *r, const struct addr *at, const struct addr *by,
		struct slot_name member);

#endif
