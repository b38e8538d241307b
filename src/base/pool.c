#include "base/pool.h"
#include <assert.h>

enum { HEAD = offsetof(struct buf, p) };

struct class
{
	uint32_t size, count; /* of its buffers, heads included; a slab's */
};

static const struct class classes[POOL_CLASSES] = {
	[POOL_4K] = { 4 * 1024, 17 },
	[POOL_20K] = { 20 * 1024, 3 },
	[POOL_68K] = { 68 * 1024, 1 },
};

static uint8_t *mem_of(const struct pool *p, const struct pool_slab *s)
{
	return p->mem + (size_t)(s - p->slabs) * POOL_SLAB;
}

static bool is_full(const struct pool_slab *s)
{
	return s->busy == (1U << classes[s->class].count) - 1;
}

void pool_init(struct pool *p, struct span mem, struct pool_slab *slabs,
	       uint32_t n)
{
	assert(mem.n / POOL_SLAB >= n && (uintptr_t)mem.p % 16 == 0);
	*p = (struct pool){ .mem = mem.p, .slabs = slabs, .nslabs = n };
	p->kept = n / 4;
	list_init(&p->free);
	for (size_t c = 0; c < POOL_CLASSES; c++)
		list_init(&p->part[c]);
}

/* The free list is clean slabs, then dirty ones; the last is the latest. */
static struct pool_slab *take_slab(struct pool *p, enum pool_class class)
{
	struct pool_slab *s;

	if (!list_alone(&p->free)) {
		s = container_of(p->free.prev, struct pool_slab, node);
		list_remove(&s->node);
	} else {
		s = &p->slabs[p->high++];
	}
	s->class = (uint8_t) class;
	s->dirty = false;
	list_append(&p->part[class], &s->node);
	p->taken++;
	return s;
}

static void free_slab(struct pool *p, struct pool_slab *s)
{
	list_remove(&s->node);
	list_append(&p->free, &s->node);
	s->dirty = true;
	p->taken--;
}

/* Input may finish slabs already taken only as long as none of them is of the
 * quarter that is kept.
 */
static struct pool_slab *slab_for(struct pool *p, enum pool_class class,
				  enum pool_use use)
{
	uint32_t left = p->nslabs - p->taken;
	uint32_t kept = use == POOL_IN ? p->kept : 0;

	if (left >= kept && !list_alone(&p->part[class]))
		return container_of(p->part[class].prev, struct pool_slab,
				    node);
	return left > kept ? take_slab(p, class) : NULL;
}

struct buf *pool_get(struct pool *p, enum pool_class class, enum pool_use use)
{
	struct pool_slab *s = slab_for(p, class, use);
	uint32_t at = 0;
	struct buf *b;

	if (s == NULL)
		return NULL;
	while (s->busy >> at & 1)
		at++;
	s->busy |= 1U << at;
	if (is_full(s))
		list_remove(&s->node);
	p->out++;
	p->used[class]++;
	b = (struct buf *)(void *)(mem_of(p, s) + at * classes[class].size);
	b->at = b->end = 0;
	b->size = classes[class].size - HEAD;
	b->class = class;
	return b;
}

void pool_put(struct pool *p, struct buf *b)
{
	size_t offset = (size_t)((uint8_t *)b - p->mem);
	struct pool_slab *s = &p->slabs[offset / POOL_SLAB];
	uint32_t size = classes[s->class].size;
	uint32_t bit = 1U << offset % POOL_SLAB / size;

	assert(offset / POOL_SLAB < p->high && (s->busy & bit));
	assert(offset % POOL_SLAB % size == 0 && b->class == s->class);
	if (is_full(s))
		list_append(&p->part[s->class], &s->node);
	s->busy &= ~bit;
	p->out--;
	p->used[b->class]--;
	if (s->busy == 0)
		free_slab(p, s);
}

struct span pool_spare(struct pool *p)
{
	struct pool_slab *s =
		container_of(p->free.prev, struct pool_slab, node);

	if (list_alone(&p->free) || !s->dirty)
		return (struct span){ NULL, 0 };
	s->dirty = false;
	list_remove(&s->node);
	list_append(p->free.next, &s->node);
	return (struct span){ mem_of(p, s), POOL_SLAB };
}

uint32_t pool_class_size(enum pool_class class)
{
	return classes[class].size;
}

enum pool_class pool_class_of(size_t n)
{
	size_t c = 0;

	while (c < POOL_CLASSES && classes[c].size - HEAD < n)
		c++;
	return (enum pool_class)c;
}
