#include "net/backlog.h"

/* A buffer begins with where the next one is. */
enum { LINK = sizeof(struct buf *) };

static struct buf *next_of(const struct buf *b)
{
	struct buf *next;

	memcpy(&next, b->p, LINK);
	return next;
}

static void set_next(struct buf *b, const struct buf *next)
{
	memcpy(b->p, &next, LINK);
}

/* As large as is worth it for n bytes more. */
static struct buf *grow(struct backlog *l, struct net *net, size_t n)
{
	enum pool_class class = pool_class_of(n + LINK);
	struct buf *b;

	if (class == POOL_CLASSES)
		class = POOL_68K;
	b = bufs_get(net, class, POOL_IN);
	if (!b)
		return NULL;
	set_next(b, NULL);
	b->at = b->end = LINK;
	if (l->last)
		set_next(l->last, b);
	else
		l->first = b;
	l->last = b;
	return b;
}

size_t backlog_put(struct backlog *l, struct net *net, struct bytes b)
{
	size_t done = 0;

	while (done < b.n) {
		struct buf *to = l->last;
		size_t n;

		if (!to || to->end == to->size)
			to = grow(l, net, b.n - done);
		if (!to)
			break;
		n = min_size(b.n - done, to->size - to->end);
		memcpy(to->p + to->end, b.p + done, n);
		to->end += (uint32_t)n;
		done += n;
	}
	l->n += done;
	return done;
}

struct span backlog_peek(const struct backlog *l)
{
	struct buf *b = l->first;

	if (!b)
		return (struct span){ .p = NULL };
	return (struct span){ b->p + b->at, b->end - b->at };
}

static void drop_first(struct backlog *l, struct net *net)
{
	struct buf *b = l->first;

	l->first = next_of(b);
	if (!l->first)
		l->last = NULL;
	bufs_put(net, b);
}

void backlog_take(struct backlog *l, struct net *net, size_t n)
{
	l->n -= n;
	while (n > 0) {
		struct buf *b = l->first;
		size_t k = min_size(n, b->end - b->at);

		b->at += (uint32_t)k;
		n -= k;
		if (b->at == b->end)
			drop_first(l, net);
	}
}

void backlog_drop(struct backlog *l, struct net *net)
{
	while (l->first)
		drop_first(l, net);
	l->n = 0;
}
