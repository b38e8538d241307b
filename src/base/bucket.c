#include "base/bucket.h"

enum { PARTS = 1000, AHEAD = 20 }; /* of a byte, a second */

/* What may be there at most. */
static int64_t brim(const struct bucket *b)
{
	uint64_t n = b->rate / AHEAD;

	return (int64_t)(n > BUCKET_LEAST ? n : BUCKET_LEAST) * PARTS;
}

/* A byte a second is a thousandth of it a ms. */
static void fill(struct bucket *b, int64_t now)
{
	int64_t missing = brim(b) - b->level, rate = (int64_t)b->rate;

	if (now - b->at > missing / rate)
		b->level = brim(b);
	else
		b->level += rate * (now - b->at);
	b->at = now;
}

void bucket_set(struct bucket *b, uint64_t rate, int64_t now)
{
	if (b->rate)
		fill(b, now);
	b->rate = rate;
	b->at = now;
	if (b->level > brim(b))
		b->level = brim(b);
}

size_t bucket_may(struct bucket *b, int64_t now)
{
	if (!b->rate)
		return SIZE_MAX;
	fill(b, now);
	return b->level < PARTS ? 0 : (size_t)(b->level / PARTS);
}

void bucket_take(struct bucket *b, size_t n)
{
	if (b->rate)
		b->level -= (int64_t)n * PARTS;
}

int64_t bucket_due(struct bucket *b, int64_t now)
{
	int64_t rate = (int64_t)b->rate, missing;

	fill(b, now);
	missing = brim(b) / 2 - b->level;
	return missing > 0 ? now + (missing + rate - 1) / rate : now;
}
