/* parts - the tables of one owner, out of one reservation whose size is summed
 * from the same rows.
 */
#ifndef NAT_OS_PARTS_H
#define NAT_OS_PARTS_H

#include "base/err.h"
#include "base/map.h"
#include "base/slot.h"

struct part { /* one of slots, map and mem is set */
	struct slots *slots;
	struct map *map;
	struct span *mem;
	size_t size;    /* of one; not of a map */
	uint32_t limit; /* how many */
};

/* Zero-filled memory for n parts, *whole of it, each part initialised. 0, or
 * -NAT_EMEMORY with whole->p NULL.
 */
MUST_USE int parts_reserve(struct span *whole, const struct part *v, size_t n);

#endif
