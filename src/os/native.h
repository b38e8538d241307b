/* native - asks the system's headers for more than POSIX. A file of os/ that
 * calls what only some systems have includes it before anything else; everything
 * else is compiled with plain POSIX.
 */
#ifndef NAT_OS_NATIVE_H
#define NAT_OS_NATIVE_H

#define _GNU_SOURCE              /* glibc, musl */
#define _DARWIN_C_SOURCE         /* macOS */
#define _DARWIN_UNLIMITED_SELECT /* more than FD_SETSIZE */
#define _NETBSD_SOURCE
#undef _POSIX_C_SOURCE /* on FreeBSD and OpenBSD less is more */

#include <sys/types.h> /* which some systems' headers miss */

#endif
