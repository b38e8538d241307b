/* jump - preloaded: the clocks of a process are off by what the file NAT_JUMP
 * says, "MONOTONIC REALTIME" in seconds, from the moment that it says so.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long offset(clockid_t id)
{
	long mono = 0, real = 0;
	const char *path = getenv("NAT_JUMP");
	FILE *file = path ? fopen(path, "r") : NULL;

	if (file && fscanf(file, "%ld %ld", &mono, &real) != 2)
		mono = real = 0;
	if (file)
		fclose(file);
	return id == CLOCK_REALTIME ? real : mono;
}

int clock_gettime(clockid_t id, struct timespec *ts)
{
	int (*next)(clockid_t, struct timespec *) =
		(int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT,
							     "clock_gettime");
	int rc = next(id, ts);

	ts->tv_sec += offset(id);
	return rc;
}
