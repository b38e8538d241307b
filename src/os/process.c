#include "os/native.h"
#include "os/process.h"
#include "os/sys.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif

/* A socket must never be number 1 or 2: what is printed would go there. */
static void fill_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(1);
}

void process_conceal(void)
{
	struct rlimit none = { 0, 0 };

	sys_set_limit(RLIMIT_CORE, &none);
#if defined(__linux__)
	/* A core_pattern with a program in it knows no limit. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

void process_start(void)
{
	fill_standard();
	process_conceal();
	umask(S_IWGRP | S_IRWXO);
}

void process_renounce(void)
{
#if defined(__linux__)
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
}
