/* parts - the tables of one owner, out of one reservation whose size is summed
 * from the same rows.
 */
#ifndef NAT_OS_PARTS_H
#define NAT_OS_PARTS_H

#include "base/err.h"
#include "base/map.h"
#include "base/slot.h"

enum part_kind { PART_IS_SLOTS, PART_IS_MAP, PART_IS_MEM };

struct part { /* as these macros make it */
	union {
		struct slots *slots;
		struct map *map;
		struct span *mem;
	} to;
	uint32_t limit; /* how many */
	uint16_t size;  /* of one; not of a map */
	uint8_t kind;   /* enum part_kind */
};

/* clang-format off */
#define PART_SLOTS(at, type, n) \
	{ .to = { .slots = (at) }, .limit = (n), .size = sizeof(type), \
	  .kind = PART_IS_SLOTS }
#define PART_MAP(at, n) \
	{ .to = { .map = (at) }, .limit = (n), .kind = PART_IS_MAP }
#define PART_MEM(at, type, n) \
	{ .to = { .mem = (at) }, .limit = (n), .size = sizeof(type), \
	  .kind = PART_IS_MEM }
/* clang-format on */

/* Zero-filled memory for n parts, *whole of it, each part initialised. 0, or
 * -NAT_EMEMORY with whole->p NULL.
 */
MUST_USE int parts_reserve(struct span *whole, const struct part *v, size_t n);

#endif
