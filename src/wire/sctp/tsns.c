#include "wire/sctp/tsns.h"

static struct tsn_range *ranges(struct tsns *t)
{
	return (struct tsn_range *)(void *)t->buf->p;
}

/* The first range that ends at tsn or behind it, from the end: there it mostly is. */
static uint32_t place(const struct tsns *t, uint32_t tsn)
{
	uint32_t i = t->n;

	while (i > 0 && !tsn_after(tsn, tsns_range(t, i - 1)->to))
		i--;
	return i;
}

static bool may_grow(struct tsns *t)
{
	if (!t->buf)
		t->buf = pool_get(t->pool, POOL_4K, POOL_IN);
	return t->buf && t->n < TSNS_RANGES;
}

enum tsns_news tsns_ask(struct tsns *t, uint32_t tsn)
{
	uint32_t i;

	if (!tsn_after(tsn, t->cum))
		return TSNS_KNOWN;
	if (tsn - t->cum > TSNS_WINDOW)
		return TSNS_REFUSED;
	if (tsn == t->cum + 1 && t->n == 0)
		return TSNS_NEW;
	i = place(t, tsn);
	if (i < t->n && !tsn_after(tsns_range(t, i)->from, tsn))
		return TSNS_KNOWN;
	if (tsn == t->cum + 1 || may_grow(t))
		return TSNS_NEW;
	return TSNS_REFUSED;
}

static void remove_front(struct tsns *t, uint32_t k)
{
	if (k == 0)
		return;
	t->n -= k;
	memmove(ranges(t), ranges(t) + k, t->n * sizeof(struct tsn_range));
}

static void swallow(struct tsns *t)
{
	uint32_t k = 0;

	while (k < t->n && !tsn_after(ranges(t)[k].from, t->cum + 1)) {
		if (tsn_after(ranges(t)[k].to, t->cum))
			t->cum = ranges(t)[k].to;
		k++;
	}
	remove_front(t, k);
	if (t->n == 0)
		tsns_clear(t);
}

static void insert(struct tsns *t, uint32_t i, uint32_t tsn)
{
	struct tsn_range *r = ranges(t);

	memmove(r + i + 1, r + i, (t->n - i) * sizeof *r);
	r[i] = (struct tsn_range){ tsn, tsn };
	t->n++;
}

/* Joins range i to the one before it, if they touch. */
static void join(struct tsns *t, uint32_t i)
{
	struct tsn_range *r = ranges(t);

	if (i == 0 || i >= t->n || r[i - 1].to + 1 != r[i].from)
		return;
	r[i - 1].to = r[i].to;
	memmove(r + i, r + i + 1, (t->n - i - 1) * sizeof *r);
	t->n--;
}

void tsns_add(struct tsns *t, uint32_t tsn)
{
	uint32_t i;

	if (tsn == t->cum + 1) {
		t->cum = tsn;
		swallow(t);
		return;
	}
	i = place(t, tsn);
	if (i < t->n && ranges(t)[i].from == tsn + 1) {
		ranges(t)[i].from = tsn;
		join(t, i);
	} else if (i > 0 && ranges(t)[i - 1].to + 1 == tsn) {
		ranges(t)[i - 1].to = tsn;
	} else {
		insert(t, i, tsn);
	}
}

void tsns_forward(struct tsns *t, uint32_t cum)
{
	if (tsn_after(cum, t->cum))
		t->cum = cum;
	swallow(t);
}

void tsns_clear(struct tsns *t)
{
	if (t->buf)
		pool_put(t->pool, t->buf);
	t->buf = NULL;
	t->n = 0;
}
