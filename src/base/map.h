/* map - an intrusive hash table. The owner hashes and compares; the map keeps
 * nodes of one hash together. Keys that strangers choose need a keyed hash.
 */
#ifndef NAT_BASE_MAP_H
#define NAT_BASE_MAP_H

#include "base/span.h"

struct map_node {
	struct map_node *next;
	uint32_t hash;
};

struct map {
	struct map_node **buckets; /* lent, zero-filled */
	uint32_t mask;
};

/* How many buckets suit limit entries: a power of two, at least limit / 2. */
uint32_t map_buckets(uint32_t limit);

/* mem: room for n pointers, zero-filled; n a power of two. */
void map_init(struct map *m, struct span mem, uint32_t n);
void map_put(struct map *m, struct map_node *n, uint32_t hash);
void map_remove(struct map *m, struct map_node *n); /* n must be in m */

/* The first node with that hash (after: NULL), or the one after it. */
struct map_node *map_find(const struct map *m, uint32_t hash,
			  const struct map_node *after);

/* FNV-1a, for keys that we chose ourselves. */
uint32_t map_hash(struct bytes key);
/* HalfSipHash-1-3, for keys that strangers choose: seed is random and secret. */
struct map_seed {
	uint32_t k[2];
};
uint32_t map_mix(const struct map_seed *seed, struct bytes key);

#endif
