/* limit - so many events a second for each key, in a table of fixed size. A key
 * costs a row until its events have leaked away. When more keys than there is
 * room for have rows, the one nearest to that is forgotten: a limit may then bite
 * late, never early. Rates may differ from key to key.
 */
#ifndef NAT_BASE_LIMIT_H
#define NAT_BASE_LIMIT_H

#include "base/map.h"

struct limit_row {     /* private to limit.c, but for its size */
	int64_t full;  /* until when it is not empty, us */
	uint32_t mark; /* of the key */
};

struct limit { /* fields are private to limit.c */
	struct limit_row *rows;
	uint32_t mask;
	struct map_seed seed;
};

/* mem: room for n struct limit_row, zero-filled, n a power of two, 4 or more.
 * seed: a random number, so that strangers cannot choose keys that share.
 */
void limit_init(struct limit *l, struct span mem, const struct map_seed *seed);

/* Events a second, 1 or more, and how many at once. */
struct limit_rate {
	uint32_t rate, burst;
};

/* May this key have one more at now (ms)? Then it is counted. A key keeps to one
 * rate.
 */
bool limit_take(struct limit *l, struct bytes key,
		const struct limit_rate *rate, int64_t now);

#endif
