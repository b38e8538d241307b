#include "os/clock.h"
#include <time.h>

int64_t clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void clock_wait(int64_t ms)
{
	const struct timespec ts = { .tv_sec = (time_t)(ms / 1000),
				     .tv_nsec = (long)(ms % 1000 * 1000000) };

	nanosleep(&ts, NULL);
}

int64_t clock_unix(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec;
}
