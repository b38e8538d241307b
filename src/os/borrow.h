/* borrow - connections from an address that is somebody else's, on the machine that
 * the answers come back through anyway (Linux: IP_TRANSPARENT, CAP_NET_RAW).
 */
#ifndef NAT_OS_BORROW_H
#define NAT_OS_BORROW_H

#include "base/addr.h"

/* fd, which will connect to an address of that family, does it from as; from another
 * port if that one is taken. -NAT_EADDR: as is of another family; -NAT_EACCESS;
 * -NAT_ENOTSUP.
 */
MUST_USE int borrow_addr(int fd, const struct addr *as, uint8_t family);

#endif
