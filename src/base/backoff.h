/* backoff - when to try again: 0.25 s doubling to 4 s, 30 s after ten minutes
 * of failure, each with full jitter (anywhere between nothing and that long),
 * and never sooner than the other side asked for. Pure: time and chance are
 * arguments.
 */
#ifndef NAT_BASE_BACKOFF_H
#define NAT_BASE_BACKOFF_H

#include <stdint.h>

struct backoff {       /* zero-filled to start, and after each success */
	int64_t since; /* of the first failure, now + 1 so that 0 is none */
	uint32_t tries;
};

/* How long to wait after a failure at now, in ms: at least retry (0: the other
 * side asked for nothing). chance: any 32 random bits.
 */
int64_t backoff_next(struct backoff *b, int64_t now, int64_t retry,
		     uint32_t chance);

#endif
