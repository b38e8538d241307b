#include "base/ban.h"

enum { WAYS = 4 };

void bans_init(struct bans *b, struct span mem, const struct ban_rule *rule,
	       const struct map_seed *seed)
{
	*b = (struct bans){
		.rows = (struct ban_row *)(void *)mem.p,
		.mask = (uint32_t)(mem.n / sizeof *b->rows) - 1,
		.rule = *rule,
		.seed = *seed,
	};
}

static struct ban_row *set_of(const struct bans *b, uint32_t mark)
{
	return &b->rows[mark & b->mask & ~(WAYS - 1U)];
}

static struct ban_row *find(const struct bans *b, uint32_t mark)
{
	struct ban_row *set = set_of(b, mark);

	for (int i = 0; i < WAYS; i++)
		if (set[i].mark == mark && set[i].failures)
			return &set[i];
	return NULL;
}

static uint32_t mark_of(const struct bans *b, struct bytes key)
{
	return map_mix(&b->seed, key);
}

/* Is a easier to spare than b? What is over is spared first. */
static bool lesser(const struct ban_row *a, const struct ban_row *b,
		   int64_t now)
{
	uint32_t of_a = a->until > now ? a->failures : 0;
	uint32_t of_b = b->until > now ? b->failures : 0;

	return of_a != of_b ? of_a < of_b : a->until < b->until;
}

static struct ban_row *make(struct bans *b, uint32_t mark, int64_t now)
{
	struct ban_row *set = set_of(b, mark), *row = set;

	for (int i = 1; i < WAYS; i++)
		if (lesser(&set[i], row, now))
			row = &set[i];
	*row = (struct ban_row){ .mark = mark };
	return row;
}

int64_t bans_left(const struct bans *b, struct bytes key, int64_t now)
{
	const struct ban_row *row = find(b, mark_of(b, key));
	uint32_t after = b->rule.after;

	return row && after && row->failures >= after && row->until > now
		       ? row->until - now
		       : 0;
}

bool bans_failed(struct bans *b, struct bytes key, int64_t now)
{
	uint32_t mark = mark_of(b, key);
	struct ban_row *row = find(b, mark);

	if (!row)
		row = make(b, mark, now);
	if (row->until <= now)
		row->failures = 0;
	row->failures++;
	row->until = now + b->rule.time;
	return row->failures == b->rule.after;
}

void bans_forgive(struct bans *b, struct bytes key)
{
	struct ban_row *row = find(b, mark_of(b, key));

	if (row)
		*row = (struct ban_row){ .mark = 0 };
}
