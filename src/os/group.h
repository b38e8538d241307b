/* group - hearing what is said to a group of an IPv4 link (multicast). */
#ifndef NAT_OS_GROUP_H
#define NAT_OS_GROUP_H

#include "base/addr.h"

/* A socket of datagrams at group and its port, which others of this machine may hear
 * too. What goes to its port of other addresses does not come here.
 */
MUST_USE int group_open(const struct addr *group);
/* The link that own is of; -NAT_EINUSE: that is heard already. */
int group_join(int fd, const struct addr *group, const struct addr *own);

#endif
