/* gateway - the router that leads out of here, as the system knows it. */
#ifndef NAT_OS_GATEWAY_H
#define NAT_OS_GATEWAY_H

#include "base/addr.h"

/* Of IPv4, that of the least metric; -NAT_ENOENT: there is none, -NAT_ENOTSUP: this
 * system does not tell (Linux alone does, in /proc/net/route).
 */
MUST_USE int gateway_find(struct addr *a);

#endif
