#include "base/limit.h"

enum { SECOND = 1000 * 1000, MS = 1000 };

void limit_init(struct limit *l, struct span mem, uint32_t rate, uint32_t burst,
		const struct map_seed *seed)
{
	l->full = (int64_t *)(void *)mem.p;
	l->mask = (uint32_t)(mem.n / sizeof *l->full) - 1;
	l->seed = *seed;
	l->each = SECOND / rate;
	l->burst = l->each * burst;
}

bool limit_take(struct limit *l, struct bytes key, int64_t now)
{
	int64_t *full = &l->full[map_mix(&l->seed, key) & l->mask],
		at = now * MS;

	if (*full < at)
		*full = at;
	if (*full - at + l->each > l->burst)
		return false;
	*full += l->each;
	return true;
}
