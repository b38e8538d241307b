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

static uint32_t turn(uint32_t n, int bits)
{
	return n << bits | n >> (32 - bits);
}

static void sip_round(uint32_t v[4])
{
	v[0] += v[1];
	v[1] = turn(v[1], 5) ^ v[0];
	v[0] = turn(v[0], 16);
	v[2] += v[3];
	v[3] = turn(v[3], 8) ^ v[2];
	v[0] += v[3];
	v[3] = turn(v[3], 7) ^ v[0];
	v[2] += v[1];
	v[1] = turn(v[1], 13) ^ v[2];
	v[2] = turn(v[2], 16);
}

static void sip_word(uint32_t v[4], uint32_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

uint32_t map_mix(const struct map_seed *seed, struct bytes key)
{
	uint32_t v[] = { seed->k[0], seed->k[1], 0x6c796765 ^ seed->k[0],
			 0x74656462 ^ seed->k[1] };
	uint32_t word = 0;
	size_t i = 0;

	for (; i < key.n; i++) {
		word |= (uint32_t)key.p[i] << 8 * (i % 4);
		if (i % 4 < 3)
			continue;
		sip_word(v, word);
		word = 0;
	}
	sip_word(v, word | (uint32_t)key.n << 24);
	v[2] ^= 0xff;
	for (i = 0; i < 3; i++)
		sip_round(v);
	return v[1] ^ v[3];
}
