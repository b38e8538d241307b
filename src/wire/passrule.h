/* passrule - what a natpass client listens for, to reach it through another:
 *
 *     [TYPE:][ADDR:]PORT:TARGET:HOST:PORT
 *
 * TYPE is tcp (if left out) or udp; ADDR and PORT are where it listens, at
 * 127.0.0.1 if there is no ADDR; TARGET is the id of the other client; HOST:PORT is
 * what that one connects to. IPv6 addresses stand in brackets.
 */
#ifndef NAT_WIRE_PASSRULE_H
#define NAT_WIRE_PASSRULE_H

#include "base/addr.h"
#include "wire/natpass.h"

struct passrule { /* slices are of what was parsed */
	uint32_t type;
	struct hostport at, to;
	struct bytes target;
};

/* 0, or -NAT_EINVAL. */
MUST_USE int passrule_parse(struct passrule *r, struct bytes text);

#endif
