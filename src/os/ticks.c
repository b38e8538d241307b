#include "os/ticks.h"
#include <time.h>

struct ticks ticks_now(enum ticks_of of)
{
	struct timespec ts;

	clock_gettime(of == TICKS_WALL ? CLOCK_REALTIME : CLOCK_MONOTONIC, &ts);
	return (struct ticks){ ts.tv_sec, ts.tv_nsec };
}
