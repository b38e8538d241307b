/* slot - a table of things of one size, with names that go stale safely.
 *
 * The memory is handed over zero-filled and sized for limit slots; it costs
 * nothing until touched. Slots are taken from a high-water mark first, and
 * last-in-first-out after; no list runs through untouched memory. Whatever is
 * kept begins with a struct slot. Outside, a slot is named by index and
 * generation, so a name that outlives its slot finds nothing.
 */
#ifndef NAT_BASE_SLOT_H
#define NAT_BASE_SLOT_H

#include "base/span.h"

struct slot {          /* the first member of what is kept in a table */
	uint32_t gen;  /* odd while in use; private to slot.c */
	uint32_t next; /* index + 1 of the next free one; private to slot.c */
};

struct slot_name {
	uint32_t index, gen;
};

struct slots { /* fields are private to slot.c but for used, limit */
	uint8_t *mem;
	size_t size;
	uint32_t limit, used, high, free;
};

/* mem.n must be at least size * limit; size is that of the kept struct. */
void slots_init(struct slots *t, struct span mem, size_t size, uint32_t limit);

/* A zeroed thing (but for its struct slot), or NULL when limit are in use. */
void *slots_get(struct slots *t);
void slots_put(struct slots *t, void *thing);

struct slot_name slots_name(const struct slots *t, const void *thing);
/* The thing of that name, or NULL when it is gone. */
void *slots_find(const struct slots *t, struct slot_name name);

/* Bytes of its memory that things have been in. */
static inline size_t slots_touched(const struct slots *t)
{
	return t->high * t->size;
}

/* The first thing in use at index *at or after, and moves *at past it; NULL at
 * the end. Things may be put back while going through.
 */
void *slots_next(const struct slots *t, uint32_t *at);

#define slots_each(type, thing, t) \
	for (struct { \
		     uint32_t at; \
		     type *it; \
	     } thing = { 0, NULL }; \
	     (thing.it = slots_next((t), &thing.at)) != NULL;)

#endif
