#include "net/mux.h"

static struct stream *below(struct mux *m)
{
	return &m->tcp.stream;
}

static void give_spare(struct mux *m)
{
	if (m->spare)
		bufs_put(m->net, m->spare);
	m->spare = NULL;
}

static void fail(struct mux *m, int err)
{
	if (m->err)
		return;
	m->err = err;
	net_count(m->net, err);
	give_spare(m);
	buf_wait_stop(&m->wait);
	stream_stop(below(m), false);
	for (uint32_t i = 0; i < MUX_STRANDS; i++) {
		struct strand *s = m->at[i];

		if (!s)
			continue;
		strand_close(s);
		if (s->above && !s->above->stream.err)
			s->above->stream.err = err;
		if (!strand_free(s))
			strand_due(s);
	}
	soon_start(&m->settle, m->net->loop);
}

/* ---- what is to be done ---- */

/* s may be gone after it. */
static void look_at(struct strand *s)
{
	bool starved = s->starved;

	if (strand_free(s) || !s->above)
		return;
	s->starved = false;
	if (s->above->stream.err && !s->told_down) {
		s->told_down = true;
		strand_wake(s, STREAM_DOWN);
	} else if (starved) {
		strand_wake(s, STREAM_OUT);
	}
}

static void put_back(struct list *due, struct list *todo)
{
	list_each (at, todo) {
		list_remove(at);
		list_append(due, at);
	}
}

static void settle(struct mux *m)
{
	struct list todo;

	m->full = false;
	list_move(&todo, &m->due);
	while (!list_alone(&todo) && !m->full) {
		struct strand *s = container_of(todo.next, struct strand, due);

		m->full = !strand_pay(s);
		if (m->full)
			break;
		list_remove(&s->due);
		look_at(s);
	}
	put_back(&m->due, &todo);
}

/* ---- in ---- */

static struct strand *find(const struct mux *m, uint32_t number)
{
	struct strand *s = m->at[number % MUX_STRANDS];

	return s && s->number == number ? s : NULL;
}

static struct strand *make(struct mux *m, uint32_t number)
{
	struct strand *s = slots_get(m->strands);

	if (!s)
		return NULL;
	s->mux = m;
	s->number = number;
	s->credit = MUX_WINDOW;
	list_init(&s->due);
	m->at[number % MUX_STRANDS] = s;
	m->n++;
	return s;
}

static int hear_open(struct mux *m, const struct mux_part *p)
{
	struct strand *s = m->at[p->strand % MUX_STRANDS];

	if (!m->come || s || p->strand < m->next)
		return -NAT_EPROTO;
	m->next = p->strand + 1;
	s = make(m, p->strand);
	if (!s)
		return -NAT_ELIMIT;
	if (!m->come(m, s)) {
		s->reset = true;
		strand_due(s);
	}
	return 0;
}

static int hear_data(struct strand *s, const struct mux_part *p)
{
	if (s->above)
		return strand_hear(s, p->data) ? 0 : -NAT_EPROTO;
	s->reset = true;
	strand_due(s);
	return 0;
}

static int hear_credit(struct strand *s, const struct mux_part *p)
{
	bool starved = s->starved;

	if (p->more > MUX_WINDOW - s->credit)
		return -NAT_EPROTO;
	s->credit += p->more;
	if (starved && list_alone(&s->due)) {
		s->starved = false;
		strand_wake(s, STREAM_OUT);
	}
	return 0;
}

static int hear_end(struct strand *s, const struct mux_part *p)
{
	(void)p;
	if (s->heard)
		return -NAT_EPROTO;
	s->heard = true;
	if (s->said)
		strand_close(s);
	if (strand_free(s) || !s->above)
		return 0;
	s->above->stream.ended = true;
	strand_wake(s, STREAM_IN);
	return 0;
}

/* Told when what came before it has gone on. */
static int hear_reset(struct strand *s, const struct mux_part *p)
{
	(void)p;
	strand_close(s);
	if (strand_free(s))
		return 0;
	s->above->stream.err = -NAT_ERESET;
	strand_due(s);
	return 0;
}

/* Of one that is no more something may yet come. */
static int hear(struct mux *m, const struct mux_part *p)
{
	static int (*const rows[])(struct strand *, const struct mux_part *) = {
		[MUX_DATA] = hear_data,
		[MUX_CREDIT] = hear_credit,
		[MUX_END] = hear_end,
		[MUX_RESET] = hear_reset,
	};
	struct strand *s = find(m, p->strand);

	if (p->kind == MUX_MORE)
		return 0;
	if (p->kind == MUX_OPEN)
		return hear_open(m, p);
	if (p->strand >= m->next)
		return -NAT_EPROTO;
	return s ? rows[p->kind](s, p) : 0;
}

/* What is there, as far as it is whole; how much. */
static long hear_some(struct mux *m, struct span in)
{
	struct mux_part part;
	size_t at = 0;
	long n;

	do {
		n = mux_hear(&m->in, (struct span){ in.p + at, in.n - at },
			     &part);
		at += n > 0 ? (size_t)n : 0;
		if (n > 0 && hear(m, &part) < 0)
			n = -NAT_EPROTO;
	} while (n > 0 && !m->err && m->spare && at < in.n);
	return n < 0 ? n : (long)at;
}

/* There is a buffer for what nobody takes, before it is offered. */
static bool may_look(struct mux *m)
{
	if (!m->spare)
		m->spare = bufs_get(m->net, POOL_68K, POOL_IN);
	if (!m->spare)
		bufs_wait(m->net, &m->wait);
	return m->spare;
}

static void look(struct mux *m)
{
	size_t least = 1;
	struct span in;

	while (!m->err && may_look(m)) {
		long n;

		in = stream_peek(below(m), least);
		if (in.n < least)
			break;
		n = hear_some(m, in);
		if (n < 0)
			fail(m, (int)n);
		if (m->err)
			return;
		stream_take(below(m), (size_t)n);
		least = in.n - (size_t)n + 1;
	}
	give_spare(m);
	if (!m->err && (below(m)->err || below(m)->ended))
		fail(m, below(m)->err ? below(m)->err : -NAT_ECLOSED);
}

static void wake(struct waker *w, unsigned what)
{
	struct mux *m = container_of(w, struct mux, waker);

	if (what & STREAM_OUT)
		settle(m);
	look(m);
}

static void served(struct buf_wait *w)
{
	look(container_of(w, struct mux, wait));
}

/* ---- coming and going ---- */

static void settle_soon(struct soon *soon)
{
	struct mux *m = container_of(soon, struct mux, settle);

	settle(m);
	look(m);
	if (m->err && !m->n) {
		soon_stop(&m->settle);
		m->over(m);
	}
}

void mux_start(struct mux *m, struct net *net, struct tcp *from,
	       struct slots *strands)
{
	m->net = net;
	m->strands = strands;
	m->next = 1;
	m->waker.wake = wake;
	list_init(&m->due);
	soon_init(&m->settle, settle_soon);
	buf_wait_init(&m->wait, served);
	tcp_move(&m->tcp, from, &m->waker);
	soon_start(&m->settle, net->loop); /* for what has come already */
}

void mux_end(struct mux *m)
{
	fail(m, -NAT_ECLOSED);
}

void mux_stop(struct mux *m)
{
	fail(m, -NAT_ECLOSED);
	soon_stop(&m->settle);
}

void mux_tidy(struct mux *m)
{
	for (uint32_t i = 0; i < MUX_STRANDS; i++) {
		struct strand *s = m->at[i];

		if (!s || s->above)
			continue;
		s->reset = s->late;
		s->late = true;
		if (s->reset)
			strand_due(s);
	}
}

bool mux_open(struct mux *m, struct tcp *t, struct waker *up)
{
	struct span room = { NULL, 0 };
	struct strand *s;

	if (!m->err && m->n < MUX_STRANDS && m->next < UINT32_MAX - MUX_STRANDS)
		room = stream_reserve(below(m), 2 * MUX_HEAD + MUX_FIRST);
	if (!room.p)
		return false;
	while (m->at[m->next % MUX_STRANDS])
		m->next++;
	s = make(m, m->next);
	if (s)
		mux_head(room.p, MUX_OPEN, m->next++, 0);
	stream_commit(below(m), s ? MUX_HEAD : 0);
	if (s)
		strand_take(s, t, up);
	return s;
}
