#include "base/map.h"
#include <assert.h>

uint32_t map_buckets(uint32_t limit)
{
	uint32_t n = 1;

	while (n < limit - limit / 2)
		n *= 2;
	return n;
}

void map_init(struct map *m, struct span mem, uint32_t n)
{
	assert(n > 0 && (n & (n - 1)) == 0);
	assert(mem.n / sizeof(*m->buckets) >= n);
	m->buckets = (struct map_node **)(void *)mem.p;
	m->mask = n - 1;
}

/* What points at the first node of that hash, or where such a one may go. */
static struct map_node **place_of(const struct map *m, uint32_t hash)
{
	struct map_node **at = &m->buckets[hash & m->mask];

	while (*at && (*at)->hash != hash)
		at = &(*at)->next;
	return at;
}

void map_put(struct map *m, struct map_node *n, uint32_t hash)
{
	struct map_node **at = place_of(m, hash);

	n->hash = hash;
	n->next = *at;
	*at = n;
}

void map_remove(struct map *m, struct map_node *n)
{
	struct map_node **at = place_of(m, n->hash);

	while (*at != n) {
		assert(*at);
		at = &(*at)->next;
	}
	*at = n->next;
	n->next = NULL;
}

struct map_node *map_find(const struct map *m, uint32_t hash,
			  const struct map_node *after)
{
	if (after == NULL)
		return *place_of(m, hash);
	return after->next && after->next->hash == hash ? after->next : NULL;
}

uint32_t map_hash(struct bytes key)
{
	uint32_t hash = 2166136261U;

	for (size_t i = 0; i < key.n; i++)
		hash = (hash ^ key.p[i]) * 16777619U;
	return hash;
}
