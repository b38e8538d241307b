/* sys - errno ends here: the one place that turns it into -NAT_E... */
#ifndef NAT_OS_SYS_H
#define NAT_OS_SYS_H

#include "base/err.h"

/* The error that errno says now. EINTR and EWOULDBLOCK are -NAT_EAGAIN; what is
 * in no row is -NAT_EIO.
 */
int sys_err(void);

/* What a call has given is ours: nothing waits on it, no child has it. fd, or the
 * error, also of that call; it is closed then.
 */
MUST_USE int sys_own(int fd);
/* The same of both ends that a pipe has. 0, or the error and -1 in both. */
MUST_USE int sys_own_pipe(int ends[2]);

/* setrlimit of <sys/resource.h>, but for Linux's newer call: musl's setrlimit
 * stops all threads first, which costs a static program 2 KB.
 */
#if defined(__linux__)
#define sys_set_limit(what, r) prlimit(0, what, r, NULL)
#else
#define sys_set_limit(what, r) setrlimit(what, r)
#endif

#endif
