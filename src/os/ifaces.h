/* ifaces - the addresses of this machine by which others may reach it. */
#ifndef NAT_OS_IFACES_H
#define NAT_OS_IFACES_H

#include "base/addr.h"

/* The first `most` of them, ports 0: how many, or an error. Left out are those of
 * loopback and of one link alone, and what IPv6 has given up, not yet found free,
 * or has several of (of a /64 the first).
 */
MUST_USE int ifaces_list(struct addr *to, unsigned most);

/* Can sockets be bound there? */
bool ifaces_has(const struct addr *a);

#endif
