#include "base/tally.h"
#include <assert.h>

static uint32_t hash_of(const struct tally *t, const uint8_t *key)
{
	return map_mix(&t->seed, (struct bytes){ key, TALLY_KEY });
}

static struct tally_row *find(const struct tally *t, const uint8_t *key,
			      uint32_t hash)
{
	struct map_node *n = NULL;

	while ((n = map_find(&t->by_key, hash, n)) != NULL) {
		struct tally_row *row = container_of(n, struct tally_row, node);

		if (memcmp(row->key, key, TALLY_KEY) == 0)
			return row;
	}
	return NULL;
}

uint32_t tally_of(const struct tally *t, const uint8_t key[TALLY_KEY],
		  unsigned kind)
{
	const struct tally_row *row = find(t, key, hash_of(t, key));

	return row ? row->n[kind] : 0;
}

void tally_add(struct tally *t, const uint8_t key[TALLY_KEY], unsigned kind)
{
	uint32_t hash = hash_of(t, key);
	struct tally_row *row = find(t, key, hash);

	if (!row) {
		row = slots_get(&t->rows);
		assert(row);
		memcpy(row->key, key, TALLY_KEY);
		map_put(&t->by_key, &row->node, hash);
	}
	row->n[kind]++;
}

void tally_drop(struct tally *t, const uint8_t key[TALLY_KEY], unsigned kind)
{
	static const uint32_t none[TALLY_KINDS];
	struct tally_row *row = find(t, key, hash_of(t, key));

	assert(row && row->n[kind] > 0);
	row->n[kind]--;
	if (memcmp(row->n, none, sizeof none) != 0)
		return;
	map_remove(&t->by_key, &row->node);
	slots_put(&t->rows, row);
}
