/* names - from host to addresses: numbers, localhost and the hosts file. (DNS is
 * the resolver's to come.)
 */
#ifndef NAT_NET_NAMES_H
#define NAT_NET_NAMES_H

#include "base/addr.h"
#include "net/net.h"

/* Up to most addresses for host, each with that port. How many, > 0; or
 * -NAT_ENAME. Blocks for the reading of one small file.
 */
MUST_USE int names_find(struct net *net, struct bytes host, uint16_t port,
			struct addr *to, int most);

#endif
