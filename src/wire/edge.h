/* edge - how the client treats a service and its visitors, beside carrying them: the
 * options of a section as they are written, and what they mean.
 */
#ifndef NAT_WIRE_EDGE_H
#define NAT_WIRE_EDGE_H

#include "wire/service.h"

enum { EDGE_INTERVAL = 10000, EDGE_TIMEOUT = 3000, EDGE_FAILS = 3 }; /* ms */

struct edge_wish { /* texts: NULL if not given */
	const char *proxy_protocol, *group, *group_key, *check;
	bool transparent;
	uint32_t max_visitors; /* 0: any number */
	uint64_t bandwidth_in, bandwidth_out;
	int64_t check_interval, check_timeout; /* ms; 0: the usual ones */
	uint32_t check_fails;                  /* likewise */
};

/* Into s->edge, of a service that is known otherwise. NULL; or what is wrong, for
 * people.
 */
const char *edge_read(struct service *s, const struct edge_wish *w);

#endif
