/* ticks by asking the kernel, for small builds: the way past it, which libc finds
 * in a library that the kernel lends, is 900 bytes. Where a number has 32 bits
 * libc knows better which call the kernel has.
 */
#include "os/native.h"
#include "os/ticks.h"
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/syscall.h>
#endif

struct ticks ticks_now(enum ticks_of of)
{
	clockid_t id = of == TICKS_WALL ? CLOCK_REALTIME : CLOCK_MONOTONIC;
#if defined(__linux__) && UINTPTR_MAX > UINT32_MAX
	struct ticks t = { 0, 0 };

	syscall(SYS_clock_gettime, id, &t);
	return t;
#else
	struct timespec ts;

	clock_gettime(id, &ts);
	return (struct ticks){ ts.tv_sec, ts.tv_nsec };
#endif
}
