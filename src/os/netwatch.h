/* netwatch - tells that addresses or default routes of this machine have changed
 * (rtnetlink on Linux).
 */
#ifndef NAT_OS_NETWATCH_H
#define NAT_OS_NETWATCH_H

#include "base/err.h"
#include <stdbool.h>

/* A descriptor that is readable when something has changed, or -NAT_ENOTSUP and
 * others: nobody can tell.
 */
MUST_USE int netwatch_open(void);

/* Takes all that is there to read. Did it tell of a change? */
bool netwatch_read(int fd);

#endif
