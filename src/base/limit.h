/* limit - so many events a second for each key, in a table of leaking buckets of
 * fixed size. Keys that fall together share a bucket, so a limit may bite early,
 * never late. The memory is handed over zero-filled.
 */
#ifndef NAT_BASE_LIMIT_H
#define NAT_BASE_LIMIT_H

#include "base/map.h"

struct limit {         /* fields are private to limit.c */
	int64_t *full; /* per bucket: until when it is not empty, us */
	uint32_t mask;
	struct map_seed seed;
	int64_t each, burst; /* us */
};

/* mem: room for n int64_t, n a power of two. rate: events a second, 1 or more;
 * burst: how many at once;
 * seed: a random number, so that strangers cannot choose keys that share.
 */
void limit_init(struct limit *l, struct span mem, uint32_t rate, uint32_t burst,
		const struct map_seed *seed);

/* May this key have one more at now (ms)? Then it is counted. */
bool limit_take(struct limit *l, struct bytes key, int64_t now);

#endif
