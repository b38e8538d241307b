/* ticks - what the system's clocks say, for clock.c. */
#ifndef NAT_OS_TICKS_H
#define NAT_OS_TICKS_H

#include <stdint.h>

enum ticks_of { TICKS_STEADY, TICKS_WALL };

struct ticks {
	int64_t s, ns;
};

struct ticks ticks_now(enum ticks_of of);

#endif
