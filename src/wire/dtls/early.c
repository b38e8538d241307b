#include "wire/dtls/early.h"

/* What was taken last may be what is kept again. */
void early_keep(struct early *e, struct bytes b)
{
	if (early_count(e) == 0) {
		e->first = e->end = 0;
		e->from = e->used = 0;
	}
	if (e->end == EARLY_MOST || b.n == 0 || b.n > sizeof e->room - e->used)
		return;
	memmove(e->room + e->used, b.p, b.n);
	e->sizes[e->end++] = (uint16_t)b.n;
	e->used = (uint16_t)(e->used + b.n);
}

struct span early_take(struct early *e)
{
	struct span s = { e->room + e->from, 0 };

	if (early_count(e) == 0)
		return (struct span){ NULL, 0 };
	s.n = e->sizes[e->first++];
	e->from = (uint16_t)(e->from + s.n);
	return s;
}
