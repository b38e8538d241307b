/* caged - a life that confines itself for good, and so in a child. */
#ifndef NAT_T_UNIT_CAGED_H
#define NAT_T_UNIT_CAGED_H

#include "unit.h"
#include "os/process.h"
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { CAGED_NONE = 251 }; /* no such cage here */

/* The sanitizer asks for the signal stack before what does not return, and that
 * call is not among those that are kept: it must not notice.
 */
static inline void caged_leave(int code)
{
	syscall(__NR_exit_group, code);
}

/* The first thing that is not as it should be, as an exit code. */
#define CHECK(what) \
	do { \
		if (!(what)) \
			caged_leave(__LINE__ % 250 + 1); \
	} while (0)

/* valgrind needs calls that are taken away, an emulator takes none away. */
static inline void caged_needs(void)
{
	if (unit_slow() > 1 || prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0)
		skip();
}

/* How the child ends whose life that is; 0: all is well. */
static inline int caged(void (*life)(void))
{
	pid_t child;
	int status;

	caged_needs();
	child = fork();
	if (child == 0) {
		process_start();
		process_renounce();
		life();
		caged_leave(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (status == CAGED_NONE << 8)
		skip();
	return status;
}

#endif
