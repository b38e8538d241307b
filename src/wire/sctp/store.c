#include "wire/sctp/store.h"
#include <assert.h>

/* A buffer counts its pieces in at. */
static void let_go(struct store *s, struct buf *b)
{
	if (b->at > 0)
		return;
	if (s->open == b)
		s->open = NULL;
	pool_put(s->pool, b);
}

struct piece *store_get(struct store *s, size_t n)
{
	uint32_t cost = piece_cost(n);
	struct buf *b = s->open;
	struct piece *p;

	assert(n <= 2048);
	if (!b || b->size - b->end < cost)
		b = pool_get(s->pool, POOL_4K, (enum pool_use)s->use);
	if (!b)
		return NULL;
	s->open = b;
	p = (struct piece *)(void *)(b->p + b->end);
	b->end += cost;
	b->at++;
	s->held += cost;
	*p = (struct piece){ .home = b, .n = (uint16_t)n };
	list_init(&p->node);
	return p;
}

void store_put(struct store *s, struct piece *p)
{
	struct buf *b = p->home;

	list_remove(&p->node);
	s->held -= piece_cost(p->n);
	b->at--;
	let_go(s, b);
}

void store_drop(struct store *s, struct list *pieces)
{
	list_each (at, pieces)
		store_put(s, piece_at(at));
}
