/* sys - errno ends here: the one place that turns it into -NAT_E... */
#ifndef NAT_OS_SYS_H
#define NAT_OS_SYS_H

#include "base/err.h"

/* The error that errno says now. EINTR and EWOULDBLOCK are -NAT_EAGAIN; what is
 * in no row is -NAT_EIO.
 */
int sys_err(void);

#endif
