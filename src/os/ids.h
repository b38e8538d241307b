/* ids - the ids of the process, changed without the C library's detour: it has
 * threads to tell, which we never have, and its code for that is large.
 */
#ifndef NAT_OS_IDS_H
#define NAT_OS_IDS_H

#include <stdint.h>
#include <sys/types.h>

/* As setgroups(0), setegid, seteuid; setgid and setuid. 0, or -1 with errno. */
int ids_no_groups(void);
int ids_effective_group(gid_t gid);
int ids_effective_user(uid_t uid);
int ids_group(gid_t gid);
int ids_user(uid_t uid);

#endif
