#include "base/limit.h"

enum { SECOND = 1000 * 1000, MS = 1000, WAYS = 4 };

void limit_init(struct limit *l, struct span mem, const struct map_seed *seed)
{
	l->rows = (struct limit_row *)(void *)mem.p;
	l->mask = (uint32_t)(mem.n / sizeof *l->rows) - 1;
	l->seed = *seed;
}

/* That of the key, or an empty one of the few where it may be, or that which is
 * empty soonest.
 */
static struct limit_row *row_of(struct limit *l, uint32_t mark, int64_t at)
{
	struct limit_row *set = &l->rows[mark & l->mask & ~(WAYS - 1U)];
	struct limit_row *row = set;

	for (int i = 0; i < WAYS; i++) {
		if (set[i].mark == mark && set[i].full > at)
			return &set[i];
		if (set[i].full < row->full)
			row = &set[i];
	}
	*row = (struct limit_row){ at, mark };
	return row;
}

bool limit_take(struct limit *l, struct bytes key,
		const struct limit_rate *rate, int64_t now)
{
	int64_t at = now * MS, each = SECOND / rate->rate;
	struct limit_row *row = row_of(l, map_mix(&l->seed, key), at);

	if (row->full - at + each > each * rate->burst)
		return false;
	row->full += each;
	return true;
}
