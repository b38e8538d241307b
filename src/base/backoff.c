#include "base/backoff.h"

enum { FIRST = 250, MOST = 4000, LONG = 30000, PATIENCE = 600000 }; /* ms */

int64_t backoff_next(struct backoff *b, int64_t now, int64_t retry,
		     uint32_t chance)
{
	int64_t most = (int64_t)FIRST << b->tries;

	if (b->since == 0)
		b->since = now + 1;
	if (most < MOST)
		b->tries++;
	if (now + 1 - b->since >= PATIENCE)
		most = LONG;
	/* On top of retry, so that not all come back at once. */
	return retry + (int64_t)((uint64_t)chance * (uint64_t)(most + 1) >> 32);
}
