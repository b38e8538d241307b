/* hosts - what needs no name server: numbers, the hosts file, localhost. */
#ifndef NAT_NET_HOSTS_H
#define NAT_NET_HOSTS_H

#include "base/addr.h"

/* Up to most addresses of host, port 0; text is the hosts file's. localhost and
 * what ends in .localhost is the loopback whatever else there is (RFC 6761 6.3),
 * unless the file says where. How many.
 */
int hosts_find(struct bytes text, struct bytes host, struct addr *to, int most);

/* Is that a name at all? What ends in a number is an address that is wrong. */
bool hosts_may_ask(struct bytes host);

#endif
