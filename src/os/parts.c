#include "os/parts.h"
#include "os/mem.h"
#include <assert.h>

enum { ALIGN = 64 };

static size_t size_of(const struct part *p)
{
	size_t n = p->map ? map_buckets(p->limit) * sizeof(struct map_node *)
			  : p->size * p->limit;

	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

static void init(const struct part *p, struct span mem)
{
	if (p->slots)
		slots_init(p->slots, mem, p->size, p->limit);
	else if (p->map)
		map_init(p->map, mem, map_buckets(p->limit));
	else
		*p->mem = mem;
}

int parts_reserve(struct span *whole, const struct part *v, size_t n)
{
	size_t need = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		need += size_of(&v[i]);
	*whole = mem_reserve(need);
	if (!whole->p)
		return -NAT_EMEMORY;
	for (size_t i = 0; i < n; at += size_of(&v[i++]))
		init(&v[i], (struct span){ whole->p + at, size_of(&v[i]) });
	assert(at == whole->n);
	return 0;
}
