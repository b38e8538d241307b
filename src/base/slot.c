#include "base/slot.h"
#include <assert.h>

static struct slot *slot_at(const struct slots *t, uint32_t index)
{
	return (struct slot *)(void *)(t->mem + t->size * index);
}

static bool in_use(const struct slot *s)
{
	return s->gen & 1;
}

static uint32_t index_of(const struct slots *t, const void *thing)
{
	size_t offset = (size_t)((const uint8_t *)thing - t->mem);
	uint32_t index = (uint32_t)(offset / t->size);

	assert(index < t->high && offset % t->size == 0);
	return index;
}

void slots_init(struct slots *t, struct span mem, size_t size, uint32_t limit)
{
	assert(size >= sizeof(struct slot) && mem.n / size >= limit);
	*t = (struct slots){ .mem = mem.p, .size = size, .limit = limit };
}

void *slots_get(struct slots *t)
{
	struct slot *s;

	if (t->free > 0) {
		s = slot_at(t, t->free - 1);
		t->free = s->next;
		memset(s + 1, 0, t->size - sizeof(*s));
	} else if (t->high < t->limit) {
		s = slot_at(t, t->high++);
	} else {
		return NULL;
	}
	s->gen++;
	t->used++;
	return s;
}

void slots_put(struct slots *t, void *thing)
{
	struct slot *s = thing;

	assert(in_use(s));
	s->gen++;
	s->next = t->free;
	t->free = index_of(t, thing) + 1;
	t->used--;
}

struct slot_name slots_name(const struct slots *t, const void *thing)
{
	const struct slot *s = thing;

	assert(in_use(s));
	return (struct slot_name){ index_of(t, thing), s->gen };
}

void *slots_find(const struct slots *t, struct slot_name name)
{
	struct slot *s;

	if (name.index >= t->high)
		return NULL;
	s = slot_at(t, name.index);
	return in_use(s) && s->gen == name.gen ? s : NULL;
}

void *slots_next(const struct slots *t, uint32_t *at)
{
	while (*at < t->high) {
		struct slot *s = slot_at(t, (*at)++);

		if (in_use(s))
			return s;
	}
	return NULL;
}
