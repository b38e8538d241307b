/* strand - one stream of a mux (mux.h). */
#include "net/mux.h"

enum { GRANT = MUX_WINDOW / 4 }; /* bytes taken that are worth a CREDIT */

static const struct span nothing = { NULL, 0 };

static struct strand *of(struct stream *s)
{
	return container_of(s, struct tcp, stream)->strand;
}

static struct stream *below(const struct strand *s)
{
	return &s->mux->tcp.stream;
}

void strand_wake(struct strand *s, unsigned what)
{
	if (s->above)
		STREAM_WAKE(&s->above->stream, what);
}

void strand_due(struct strand *s)
{
	if (list_alone(&s->due))
		list_append(&s->mux->due, &s->due);
	soon_start(&s->mux->settle, s->mux->net->loop);
}

/* ---- in ---- */

static size_t kept(const struct strand *s)
{
	return s->held ? s->held->end - s->held->at : 0;
}

static void drop(struct strand *s)
{
	if (s->held)
		bufs_put(s->mux->net, s->held);
	s->held = NULL;
}

/* For n bytes; the spare one has room for all that may come. */
static struct buf *borrow(struct mux *m, size_t n)
{
	struct buf *b = bufs_get(m->net, pool_class_of(n), POOL_IN);

	if (!b) {
		b = m->spare;
		m->spare = NULL;
	}
	return b;
}

static void put(struct buf *b, struct bytes data)
{
	memcpy(b->p + b->end, data.p, data.n);
	b->end += (uint32_t)data.n;
}

static void keep(struct strand *s, struct span data)
{
	struct buf *old = s->held;
	size_t had = kept(s);

	if (!old || old->size - old->end < data.n) {
		s->held = borrow(s->mux, had + data.n);
		if (old) {
			put(s->held, (struct bytes){ old->p + old->at, had });
			bufs_put(s->mux->net, old);
		}
	}
	put(s->held, bytes_in(data));
}

bool strand_hear(struct strand *s, struct span data)
{
	struct mux *m = s->mux;

	if (data.n > MUX_WINDOW - s->eaten - kept(s) || s->heard)
		return false;
	if (s->held) {
		keep(s, data);
		strand_wake(s, STREAM_IN);
		return true;
	}
	m->current = s;
	m->now = data;
	strand_wake(s, STREAM_IN);
	if (m->current == s && m->now.n)
		keep(s, m->now);
	m->current = NULL;
	return true;
}

static struct span strand_peek(struct stream *stream, size_t least)
{
	struct strand *s = of(stream);
	const struct buf *b = s->held;

	(void)least; /* all of it is in one piece */
	if (s->mux->current == s && s->mux->now.n)
		return s->mux->now;
	return b ? (struct span){ s->held->p + b->at, b->end - b->at }
		 : nothing;
}

static void strand_eat(struct stream *stream, size_t n)
{
	struct strand *s = of(stream);

	if (s->mux->current == s && s->mux->now.n) {
		s->mux->now.p += n;
		s->mux->now.n -= n;
	} else if (n) {
		s->held->at += (uint32_t)n;
		if (!kept(s))
			drop(s);
	}
	s->eaten += (uint32_t)n;
	if (s->eaten >= GRANT && !s->heard && !s->gone)
		strand_due(s);
}

/* ---- out ---- */

static struct span strand_reserve(struct stream *stream, size_t least)
{
	struct strand *s = of(stream);
	struct span room = nothing;

	if (stream->err || s->ending || s->gone)
		return nothing;
	s->starved = true;
	if (s->credit < least)
		return nothing; /* CREDIT will come */
	room = stream_reserve(below(s), MUX_HEAD + least);
	if (!room.p) {
		s->mux->full = true;
		if (list_alone(&s->due))
			list_append(&s->mux->due, &s->due);
		return nothing;
	}
	s->starved = false;
	s->mux->room = room.p;
	return (struct span){ room.p + MUX_HEAD,
			      min_size(room.n - MUX_HEAD, s->credit) };
}

static void strand_commit(struct stream *stream, size_t n)
{
	struct strand *s = of(stream);

	if (n)
		mux_head(s->mux->room, MUX_DATA, s->number, n);
	stream_commit(below(s), n ? MUX_HEAD + n : 0);
	s->credit -= (uint32_t)n;
}

static void strand_finish(struct stream *stream)
{
	struct strand *s = of(stream);

	if (s->ending)
		return;
	s->ending = true;
	strand_due(s);
}

static bool say(struct strand *s, enum mux_kind kind)
{
	struct span room = stream_reserve(below(s), MUX_HEAD);

	if (!room.p)
		return false;
	mux_head(room.p, kind, s->number, 0);
	stream_commit(below(s), MUX_HEAD);
	return true;
}

static bool grant(struct strand *s)
{
	struct span room = stream_reserve(below(s), MUX_CREDIT_FRAME);

	if (!room.p)
		return false;
	mux_credit(room.p, s->number, s->eaten);
	stream_commit(below(s), MUX_CREDIT_FRAME);
	s->eaten = 0;
	return true;
}

bool strand_pay(struct strand *s)
{
	if (s->gone)
		return true;
	if (s->reset) {
		if (!say(s, MUX_RESET))
			return false;
		strand_close(s);
		return true;
	}
	if (s->eaten >= GRANT && !s->heard && !grant(s))
		return false;
	if (!s->ending || s->said)
		return true;
	if (!say(s, MUX_END))
		return false;
	s->said = true;
	if (s->above) {
		s->above->stream.finished = true;
		s->starved = true; /* it is to be told */
	}
	if (s->heard)
		strand_close(s);
	return true;
}

/* ---- ending ---- */

void strand_close(struct strand *s)
{
	s->gone = true;
	s->mux->at[s->number % MUX_STRANDS] = NULL;
}

bool strand_free(struct strand *s)
{
	struct mux *m = s->mux;

	if (s->above || !s->gone)
		return false;
	list_remove(&s->due);
	slots_put(m->strands, s);
	m->n--;
	if (m->err)
		soon_start(&m->settle, m->net->loop);
	return true;
}

/* Who goes while the other side still speaks: it hears a reset if it does so again.
 */
static void strand_stop(struct stream *stream, bool reset)
{
	struct strand *s = of(stream);

	if (!tcp_runs(s->above))
		return;
	s->above->io.loop = NULL;
	s->above = NULL;
	drop(s);
	if (s->mux->current == s)
		s->mux->current = NULL;
	if (strand_free(s))
		return;
	s->reset = reset;
	s->ending = true;
	strand_due(s);
}

static const struct stream_ops strand_ops = {
	.name = "strand",
	.kind = STREAM_BYTES,
	.peek = strand_peek,
	.take = strand_eat,
	.reserve = strand_reserve,
	.commit = strand_commit,
	.finish = strand_finish,
	.stop = strand_stop,
};

/* ---- as a tcp ---- */

bool strand_is(const struct tcp *t)
{
	return t->stream.ops == &strand_ops;
}

static void stand_in(struct tcp *t, struct strand *s)
{
	t->strand = s;
	t->io.loop = s->mux->net->loop;
	t->io.fd = tcp_fd(&s->mux->tcp);
	s->above = t;
}

void strand_take(struct strand *s, struct tcp *t, struct waker *up)
{
	uint32_t most = below(s)->most_out - MUX_HEAD;

	*t = (struct tcp){ .net = s->mux->net };
	t->stream = (struct stream){
		.ops = &strand_ops,
		.up = up,
		.most_in = MUX_WINDOW,
		.most_out = (uint32_t)min_size(most, MUX_WINDOW - GRANT),
	};
	stand_in(t, s);
}

void strand_move(struct tcp *to, struct tcp *from, struct waker *up)
{
	struct strand *s = from->strand;

	*to = (struct tcp){ .stream = from->stream, .net = from->net };
	to->stream.up = up;
	from->io.loop = NULL;
	stand_in(to, s);
}
