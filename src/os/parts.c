#include "os/parts.h"
#include "os/mem.h"

enum { ALIGN = 64 };

static uint64_t size_of(const struct part *p)
{
	uint64_t n = p->kind == PART_IS_MAP ? (uint64_t)map_buckets(p->limit) *
						      sizeof(struct map_node *)
					    : (uint64_t)p->size * p->limit;

	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void init(const struct part *p, struct span mem)
{
	if (p->kind == PART_IS_SLOTS)
		slots_init(p->to.slots, mem, p->size, p->limit);
	else if (p->kind == PART_IS_MAP)
		map_init(p->to.map, mem, map_buckets(p->limit));
	else
		*p->to.mem = mem;
}

int parts_reserve(struct span *whole, const struct part *v, size_t n)
{
	uint64_t need = 0;
	uint8_t *at;

	for (size_t i = 0; i < n; i++)
		need += size_of(&v[i]);
	*whole = (struct span){ NULL, 0 };
	if (need <= SIZE_MAX)
		*whole = mem_reserve((size_t)need);
	if (!whole->p)
		return -NAT_EMEMORY;
	at = whole->p;
	for (size_t i = 0; i < n; i++) {
		size_t size = (size_t)size_of(&v[i]);

		init(&v[i], (struct span){ at, size });
		at += size;
	}
	return 0;
}
