#include "os/clock.h"
#include "os/ticks.h"
#include <time.h>

int64_t clock_ms(void)
{
	struct ticks t = ticks_now(TICKS_STEADY);

	return t.s * 1000 + t.ns / 1000000;
}

void clock_wait(int64_t ms)
{
	const struct timespec ts = { .tv_sec = (time_t)(ms / 1000),
				     .tv_nsec = (long)(ms % 1000 * 1000000) };

	nanosleep(&ts, NULL);
}

int64_t clock_unix_ms(void)
{
	struct ticks t = ticks_now(TICKS_WALL);

	return t.s * 1000 + t.ns / 1000000;
}

int64_t clock_unix(void)
{
	return ticks_now(TICKS_WALL).s;
}
