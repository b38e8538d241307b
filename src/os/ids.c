#include "os/native.h"
#include "os/ids.h"
#include <grp.h>
#include <stddef.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

#if defined(__linux__)

/* Where the old calls take ids of 16 bits there are new ones. */
#if defined(SYS_setresuid32)
enum {
	SET_GROUPS = SYS_setgroups32,
	SET_USERS = SYS_setresuid32,
	SET_GROUP_IDS = SYS_setresgid32,
	SET_USER = SYS_setuid32,
	SET_GROUP = SYS_setgid32
};
#else
enum {
	SET_GROUPS = SYS_setgroups,
	SET_USERS = SYS_setresuid,
	SET_GROUP_IDS = SYS_setresgid,
	SET_USER = SYS_setuid,
	SET_GROUP = SYS_setgid
};
#endif

int ids_no_groups(void)
{
	return (int)syscall(SET_GROUPS, 0, NULL);
}

int ids_effective_group(gid_t gid)
{
	return (int)syscall(SET_GROUP_IDS, -1, gid, -1);
}

int ids_effective_user(uid_t uid)
{
	return (int)syscall(SET_USERS, -1, uid, -1);
}

int ids_group(gid_t gid)
{
	return (int)syscall(SET_GROUP, gid);
}

int ids_user(uid_t uid)
{
	return (int)syscall(SET_USER, uid);
}

#else

int ids_no_groups(void)
{
	return setgroups(0, NULL);
}

int ids_effective_group(gid_t gid)
{
	return setegid(gid);
}

int ids_effective_user(uid_t uid)
{
	return seteuid(uid);
}

int ids_group(gid_t gid)
{
	return setgid(gid);
}

int ids_user(uid_t uid)
{
	return setuid(uid);
}

#endif
