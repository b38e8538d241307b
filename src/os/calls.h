/* calls - the system calls that a process keeps which only serves.
 *
 * A filter in the kernel (seccomp, Linux 3.5 and later), for ever. What is not in
 * its table fails, and nothing is killed:
 *
 *      a call that is not in the table     ENOSYS, as on an older kernel: libc and
 *                                          we take the way that is for those
 *      an argument that is not allowed     EPERM
 *      another ABI (i386, x32 on x86-64)   ENOSYS
 *
 * Both are in the kernel's audit log with the number of the call (Linux 4.14).
 * Left are sockets of the internet, of this machine and of rtnetlink, waiting,
 * files by name, memory that is never code. On i386 libc has one call for all
 * of sockets, whose arguments the filter cannot see.
 */
#ifndef NAT_OS_CALLS_H
#define NAT_OS_CALLS_H

#include "base/err.h"

/* For this process, which can gain no privileges (process_renounce). 0;
 * -NAT_ENOTSUP: there is no table for this system or processor; else the kernel
 * has refused.
 */
MUST_USE int calls_keep(void);

#endif
