/* sketch - how many of something each key has, in a few bytes a key: never fewer
 * than there are, and more only where a key shares both its places with others.
 * Where tally.h keeps a row for each key, this is for a million of them.
 */
#ifndef NAT_BASE_SKETCH_H
#define NAT_BASE_SKETCH_H

#include "base/map.h"

enum { SKETCH_MOST = 65535 }; /* of a key; it is not counted further */

struct sketch { /* fields are private to sketch.c */
	uint16_t *counts;
	uint32_t mask;
	struct map_seed seed;
};

/* mem: 2 * n zeros of uint16_t; n a power of two, as many as there are keys. seed
 * is random: strangers choose the keys.
 */
void sketch_init(struct sketch *s, struct span mem, uint32_t n,
		 const struct map_seed *seed);

uint32_t sketch_of(const struct sketch *s, struct bytes key);
/* One more; one less, of a key that has been counted. */
void sketch_add(struct sketch *s, struct bytes key);
void sketch_drop(struct sketch *s, struct bytes key);

#endif
