#include "wire/sctp/streams.h"

/* A buffer of streams: the next buffer, then as many as fit. */
struct row {
	struct buf *next;
	uint64_t used;
	struct sctp_stream streams[];
};

enum { ROW = (4096 - 16 - sizeof(struct row)) / sizeof(struct sctp_stream) };
_Static_assert(ROW<64 && ROW> 8, "a row counts its streams in bits");

static struct row *row_of(struct buf *b)
{
	return (struct row *)(void *)b->p;
}

void streams_init(struct streams *s, struct pool *pool, uint32_t most)
{
	memset(s, 0, sizeof *s);
	s->pool = pool;
	s->most = most;
	list_init(&s->all);
	map_init(&s->map, SPAN(s->buckets), STREAMS_BUCKETS);
}

/* Numbers are even on one side and odd on the other. */
static uint32_t hash_of(uint16_t sid)
{
	return sid >> 1;
}

struct sctp_stream *streams_find(const struct streams *s, uint16_t sid)
{
	struct map_node *n = NULL;

	while ((n = map_find(&s->map, hash_of(sid), n))) {
		struct sctp_stream *x =
			container_of(n, struct sctp_stream, node);

		if (x->sid == sid)
			return x;
	}
	return NULL;
}

static struct sctp_stream *take_from(struct row *r)
{
	for (uint32_t i = 0; i < ROW; i++)
		if (!(r->used >> i & 1)) {
			r->used |= 1ull << i;
			return &r->streams[i];
		}
	return NULL;
}

static struct sctp_stream *take_more(struct streams *s)
{
	struct sctp_stream *x;
	struct buf *b;

	for (b = s->more; b; b = row_of(b)->next)
		if ((x = take_from(row_of(b))))
			return x;
	b = pool_get(s->pool, POOL_4K, POOL_IN);
	if (!b)
		return NULL;
	*row_of(b) = (struct row){ .next = s->more };
	s->more = b;
	return take_from(row_of(b));
}

static struct sctp_stream *take(struct streams *s)
{
	for (uint32_t i = 0; i < STREAMS_OWN; i++)
		if (!s->own[i].used)
			return &s->own[i];
	return take_more(s);
}

struct sctp_stream *streams_need(struct streams *s, uint16_t sid)
{
	struct sctp_stream *x = streams_find(s, sid);

	if (x)
		return x;
	x = s->n < s->most ? take(s) : NULL;
	if (!x)
		return NULL;
	*x = (struct sctp_stream){ .sid = sid, .used = true };
	list_init(&x->turn);
	list_init(&x->news);
	list_init(&x->out);
	list_init(&x->ready);
	list_init(&x->early);
	list_append(&s->all, &x->all);
	map_put(&s->map, &x->node, hash_of(sid));
	s->n++;
	return x;
}

static bool is_own(const struct streams *s, const struct sctp_stream *x)
{
	return x >= s->own && x < s->own + STREAMS_OWN;
}

/* The row of x forgets it, and goes if it was the last. */
static void leave_row(struct streams *s, struct sctp_stream *x)
{
	struct buf **at = &s->more, *b;

	while (x < row_of(*at)->streams || x >= row_of(*at)->streams + ROW)
		at = &row_of(*at)->next;
	b = *at;
	row_of(b)->used &= ~(1ull << (x - row_of(b)->streams));
	if (row_of(b)->used == 0) {
		*at = row_of(b)->next;
		pool_put(s->pool, b);
	}
}

void streams_drop(struct streams *s, struct sctp_stream *x)
{
	list_remove(&x->all);
	list_remove(&x->turn);
	list_remove(&x->news);
	map_remove(&s->map, &x->node);
	x->used = false;
	s->n--;
	if (!is_own(s, x))
		leave_row(s, x);
}

void streams_clear(struct streams *s)
{
	list_each (at, &s->all)
		streams_drop(s, stream_all(at));
}
