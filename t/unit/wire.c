#include "wire.h"
#include "unit.h"

#define END(s) container_of(s, struct wire_end, stream)
static const struct span nothing = { NULL, 0 };

static struct wire_end *peer_of(struct wire_end *e)
{
	return &e->wire->end[e == &e->wire->end[0]];
}

static int64_t now_of(const struct wire_end *e)
{
	return e->wire->loop->now;
}

static uint32_t chance(struct wire_end *e, uint32_t below)
{
	return below ? unit_rand(&e->wire->seed) % below : 0;
}

static bool lossy(const struct wire_end *e)
{
	return e->stream.ops->kind == STREAM_LOSSY;
}

/* ---- packets ---- */

static struct wire_packet *free_one(struct wire_end *e)
{
	for (uint32_t i = 0; i < e->wire->conf.flight; i++)
		if (e->packets[i].state == WIRE_FREE)
			return &e->packets[i];
	return NULL;
}

/* Of those in that state the one that is first. */
static struct wire_packet *first(struct wire_end *e, int state)
{
	struct wire_packet *best = NULL;

	for (uint32_t i = 0; i < e->wire->conf.flight; i++) {
		struct wire_packet *k = &e->packets[i];

		if ((int)k->state != state)
			continue;
		if (!best || k->when < best->when ||
		    (k->when == best->when && k->seq < best->seq))
			best = k;
	}
	return best;
}

static void tell(struct wire_end *e, unsigned what)
{
	e->what |= what;
	if (!e->gone)
		soon_start(&e->tell, e->wire->loop);
}

/* Taken, lost or dropped: whoever still looks at it shall notice. */
static void release(struct wire_end *e, struct wire_packet *k)
{
	memset(k->p, 0xa5, e->wire->conf.most);
	k->state = WIRE_FREE;
	if (e->starved)
		tell(e, STREAM_OUT);
	e->starved = false;
}

static int64_t arrival(struct wire_end *e)
{
	const struct wire_conf *c = &e->wire->conf;
	int64_t when = now_of(e) + c->latency + chance(e, c->jitter + 1);

	if (lossy(e))
		return when;
	if (when < e->last)
		when = e->last;
	e->last = when;
	return when;
}

/* The timer stands at what comes next: a packet, the end, or the reset. */
static void arm(struct wire_end *e)
{
	const struct wire_packet *k = e->stuck ? NULL : first(e, WIRE_SENT);
	const struct stream *to = &peer_of(e)->stream;
	int64_t when = k ? k->when : INT64_MAX;

	if (!k && !e->stuck && e->fin_at && !to->ended)
		when = e->fin_at;
	if (e->cut_at && !to->err && e->cut_at < when)
		when = e->cut_at;
	if (when == INT64_MAX)
		timer_stop(&e->arrive, e->wire->loop);
	else
		timer_start(&e->arrive, e->wire->loop, when);
}

/* ---- arriving; to is who hears, e who has said it ---- */

static bool land_bytes(struct wire_end *to, struct wire_packet *k)
{
	if (to->wire->conf.window - (to->in_end - to->in_at) < k->n)
		return false;
	memmove(to->in, to->in + to->in_at, to->in_end - to->in_at);
	to->in_end -= to->in_at;
	to->in_at = 0;
	memcpy(to->in + to->in_end, k->p, k->n);
	to->in_end += k->n;
	release(peer_of(to), k);
	return true;
}

/* False: no room, it stays where it is. */
static bool land(struct wire_end *to, struct wire_packet *k)
{
	struct wire_end *e = peer_of(to);

	if (to->gone) {
		release(e, k);
		if (!lossy(e) && !to->cut_at)
			to->cut_at = now_of(e) + e->wire->conf.latency;
		arm(to);
		return true;
	}
	if (e->stream.ops->kind == STREAM_BYTES)
		return land_bytes(to, k);
	k->state = WIRE_HERE;
	if (lossy(e))
		soon_start(&to->expire, e->wire->loop);
	return true;
}

static unsigned deliver(struct wire_end *e, struct wire_end *to)
{
	struct wire_packet *k;
	unsigned what = 0;

	if (e->cut_at && e->cut_at <= now_of(e) && !to->stream.err) {
		to->stream.err = -NAT_ERESET;
		return STREAM_DOWN;
	}
	while ((k = first(e, WIRE_SENT)) && k->when <= now_of(e)) {
		e->stuck = !land(to, k);
		if (e->stuck)
			return what;
		what = STREAM_IN;
		if (lossy(e))
			return what;
	}
	if (!k && e->fin_at && e->fin_at <= now_of(e) && !to->stream.ended) {
		to->stream.ended = true;
		what = STREAM_IN;
	}
	return what;
}

static void arrive(struct timer *t)
{
	struct wire_end *e = container_of(t, struct wire_end, arrive);
	struct wire_end *to = peer_of(e);
	unsigned what = deliver(e, to);

	arm(e);
	if (what && !to->gone && !to->told_down) {
		to->told_down = what == STREAM_DOWN;
		STREAM_WAKE(&to->stream, what);
	}
}

static void run_tell(struct soon *s)
{
	struct wire_end *e = container_of(s, struct wire_end, tell);
	unsigned what = e->what;

	e->what = 0;
	if (!e->told_down)
		STREAM_WAKE(&e->stream, what);
}

static void expire(struct soon *s)
{
	struct wire_end *to = container_of(s, struct wire_end, expire);
	struct wire_packet *k = first(peer_of(to), WIRE_HERE);

	if (!k)
		return;
	to->wire->missed++;
	release(peer_of(to), k);
}

/* ---- the stream ---- */

static struct span wire_peek(struct stream *s, size_t least)
{
	struct wire_end *e = END(s);
	struct wire_packet *k;

	assert_true(!e->gone && least <= s->most_in);
	if (s->err)
		return nothing;
	if (s->ops->kind == STREAM_BYTES)
		return e->in_at == e->in_end
			       ? nothing
			       : (struct span){ e->in + e->in_at,
						e->in_end - e->in_at };
	k = first(peer_of(e), WIRE_HERE);
	return k ? (struct span){ k->p, k->n } : nothing;
}

static void wire_take(struct stream *s, size_t n)
{
	struct wire_end *e = END(s), *from = peer_of(e);
	struct wire_packet *k;

	assert_false(e->gone);
	if (s->ops->kind == STREAM_BYTES) {
		assert_true(n <= e->in_end - e->in_at);
		memset(e->in + e->in_at, 0xa5, n);
		e->in_at += (uint32_t)n;
	} else {
		k = first(from, WIRE_HERE);
		assert_true(k && n == k->n);
		release(from, k);
	}
	from->stuck = false;
	arm(from);
}

static struct span wire_reserve(struct stream *s, size_t least)
{
	struct wire_end *e = END(s);
	struct wire_packet *k = first(e, WIRE_ROOM);

	assert_true(!e->gone && !k);
	if (!s->err && !e->fin_at && least <= s->most_out)
		k = free_one(e);
	if (!k) {
		e->starved = true;
		return nothing;
	}
	k->state = WIRE_ROOM;
	return (struct span){ k->p, e->wire->conf.most };
}

static void send_twice(struct wire_end *e, const struct wire_packet *k)
{
	struct wire_packet *copy = free_one(e);

	if (!copy)
		return;
	e->wire->twice++;
	memcpy(copy->p, k->p, k->n);
	copy->n = k->n;
	copy->seq = e->seq++;
	copy->when = arrival(e);
	copy->state = WIRE_SENT;
}

static void wire_commit(struct stream *s, size_t n)
{
	struct wire_end *e = END(s);
	struct wire_packet *k = first(e, WIRE_ROOM);

	assert_true(!e->gone && k && n <= e->wire->conf.most);
	k->n = (uint32_t)n;
	if (n == 0) {
		release(e, k);
		return;
	}
	if (lossy(e) && chance(e, 1000) < e->wire->conf.lost) {
		e->wire->lost++;
		release(e, k);
		return;
	}
	k->seq = e->seq++;
	k->when = arrival(e);
	k->state = WIRE_SENT;
	if (lossy(e) && chance(e, 1000) < e->wire->conf.twice)
		send_twice(e, k);
	arm(e);
}

static void wire_finish(struct stream *s)
{
	struct wire_end *e = END(s);

	assert_false(e->gone);
	if (e->fin_at)
		return;
	e->fin_at = arrival(e);
	s->finished = true;
	tell(e, STREAM_OUT);
	arm(e);
}

static void drop_all(struct wire_end *e, int state)
{
	struct wire_packet *k;

	while ((k = first(e, state)))
		release(e, k);
}

static void end_stop(struct stream *s, bool reset)
{
	struct wire_end *e = END(s), *from = peer_of(e);
	bool unread = e->in_at < e->in_end || first(from, WIRE_HERE);

	if (e->gone)
		return;
	drop_all(e, WIRE_ROOM);
	if (!e->fin_at)
		e->fin_at = arrival(e);
	e->gone = true;
	soon_stop(&e->tell);
	soon_stop(&e->expire);
	drop_all(from, WIRE_HERE);
	if ((reset || unread) && !lossy(e)) {
		drop_all(e, WIRE_SENT);
		e->cut_at = e->fin_at;
	}
	from->stuck = false;
	arm(e);
	arm(from);
}

#define OPS(word, is) \
	{ \
		.name = (word), .kind = (is), .peek = wire_peek, \
		.take = wire_take, .reserve = wire_reserve, \
		.commit = wire_commit, .finish = wire_finish, .stop = end_stop \
	}

static const struct stream_ops wire_ops[] = {
	[STREAM_BYTES] = OPS("wire of bytes", STREAM_BYTES),
	[STREAM_MSGS] = OPS("wire of messages", STREAM_MSGS),
	[STREAM_LOSSY] = OPS("lossy wire", STREAM_LOSSY),
};

/* ---- both ends ---- */

static void start_end(struct wire *w, struct wire_end *e)
{
	const struct wire_conf *c = &w->conf;
	bool bytes = c->kind == STREAM_BYTES;

	*e = (struct wire_end){ .wire = w };
	e->stream = (struct stream){ .ops = &wire_ops[c->kind],
				     .most_in = bytes ? c->window : c->most,
				     .most_out = c->most };
	timer_init(&e->arrive, arrive);
	soon_init(&e->tell, run_tell);
	soon_init(&e->expire, expire);
	e->in = malloc(c->window);
	e->packets = calloc(c->flight, sizeof *e->packets);
	assert_true(e->in && e->packets);
	for (uint32_t i = 0; i < c->flight; i++) {
		e->packets[i].p = malloc(c->most);
		assert_non_null(e->packets[i].p);
	}
}

void wire_start(struct wire *w, struct loop *l, const struct wire_conf *conf,
		uint64_t seed)
{
	struct wire_conf *c = &w->conf;

	*w = (struct wire){ .loop = l, .conf = *conf, .seed = seed };
	c->most = c->most ? c->most : 1200;
	c->flight = c->flight ? c->flight : 16;
	c->window = c->window ? c->window : 4 * c->most;
	assert_true(c->window >= c->most && seed);
	start_end(w, &w->end[0]);
	start_end(w, &w->end[1]);
}

void wire_stop(struct wire *w)
{
	for (int i = 0; i < 2; i++) {
		struct wire_end *e = &w->end[i];

		timer_stop(&e->arrive, w->loop);
		soon_stop(&e->tell);
		soon_stop(&e->expire);
		for (uint32_t k = 0; k < w->conf.flight; k++)
			free(e->packets[k].p);
		free(e->packets);
		free(e->in);
	}
}
