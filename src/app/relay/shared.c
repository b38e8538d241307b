#include "app/relay/shared.h"
#include "app/relay/handover.h"
#include "app/relay/parked.h"
#include "app/relay/visitor.h"
#include "app/relay/web.h"
#include "os/mem.h"
#include "os/parts.h"

enum { LOOK_MS = 10000 };

/* ---- life ---- */

int shared_start(struct web *web)
{
	const struct relay_conf *conf = web->relay->conf;
	struct sharing *sh = &web->sharing;
	const struct part parts[] = {
		PART_SLOTS(&sh->table, struct shared, conf->max_clients),
		PART_SLOTS(&sh->strands, struct strand, conf->max_visitors),
	};

	return parts_reserve(&sh->memory, parts, COUNT(parts));
}

void shared_stop(struct web *web)
{
	struct sharing *sh = &web->sharing;

	if (!sh->memory.p)
		return;
	slots_each (struct shared, s, &sh->table) {
		timer_stop(&s.it->timer, web->relay->net->loop);
		if (s.it->ready)
			mux_stop(&s.it->mux);
		else
			stream_stop(&s.it->tcp.stream, false);
	}
	mem_release(sh->memory);
}

static void leave(struct shared *sh)
{
	struct relay *r = sh->relay;

	timer_stop(&sh->timer, r->net->loop);
	slots_put(&r->web->sharing.table, sh);
}

static void over(struct mux *m)
{
	leave(container_of(m, struct shared, mux));
}

static void give_up(struct shared *sh)
{
	stream_stop(&sh->tcp.stream, false);
	leave(sh);
}

/* Who has nobody on it for a while goes. */
static void look_around(struct timer *t)
{
	struct shared *sh = container_of(t, struct shared, timer);
	struct loop *l = sh->relay->net->loop;

	if (!sh->ready) {
		give_up(sh);
		return;
	}
	if (!sh->used && !sh->mux.n) {
		mux_end(&sh->mux);
		return;
	}
	sh->used = false;
	mux_tidy(&sh->mux);
	timer_start(t, l, l->now + LOOK_MS);
}

/* ---- beginning ---- */

static void make(struct shared *sh)
{
	struct relay *r = sh->relay;
	struct tcp t;

	tcp_move(&t, &sh->tcp, NULL);
	sh->mux = (struct mux){ .over = over };
	sh->ready = true;
	mux_start(&sh->mux, r->net, &t, &r->web->sharing.strands);
	log_debug(r->net->log, "relay", "a connection is shared");
}

/* The client says that it is one now; before that perhaps that it lives. If it does
 * not, it is not asked again until the timer has run.
 */
static void wake(struct waker *w, unsigned what)
{
	struct shared *sh = container_of(w, struct shared, waker);
	struct stream *s = &sh->tcp.stream;
	struct heard h;
	int rc;

	(void)what;
	do
		rc = talk_hear(s, &sh->scan, &h);
	while (rc > 0 && h.m.command == FASTNAT_PONG);
	if (rc > 0 && h.m.command == FASTNAT_NONE && h.m.yes == 1)
		make(sh);
	else if (rc || s->err || s->ended)
		stream_stop(s, false);
}

static void ask(struct session *s, const struct published *p)
{
	struct relay *r = s->relay;
	struct fastnat m = session_start_proxy(s, p, BYTES("0"));
	struct shared *sh;

	sh = slots_get(&r->web->sharing.table);
	if (!sh)
		return;
	sh->relay = r;
	sh->waker.wake = wake;
	parked_give(s, &sh->tcp, &sh->waker);
	m.has |= HAS_SERVICE | HAS_N;
	m.n = 1;
	if (talk_say(&sh->tcp.stream, &m, false) < 0)
		sh->tcp.stream.err = -NAT_EMEMORY;
	timer_init(&sh->timer, look_around);
	timer_start(&sh->timer, r->net->loop, relay_now(r) + LOOK_MS);
	s->parking.shared = slots_name(&r->web->sharing.table, sh);
}

/* The one of s; if there is none, it is asked for. NULL: not now. */
static struct mux *find(struct session *s, const struct published *p)
{
	struct slots *table = &s->relay->web->sharing.table;
	struct shared *sh = slots_find(table, s->parking.shared);

	if (!sh && !list_alone(&s->parking.list))
		ask(s, p);
	if (!sh || !sh->ready || sh->mux.err)
		return NULL;
	sh->used = true;
	return &sh->mux;
}

/* ---- whom it is for ---- */

void shared_enter(struct web_conn *c, struct published *p)
{
	if (!c->ask.busy)
		p->busy++;
	c->ask.busy = true;
}

void shared_leave(struct web_conn *c)
{
	struct published *p = slots_find(&c->web->relay->published, c->of);

	if (c->ask.busy && p)
		p->busy--;
	c->ask.busy = false;
}

static bool asks_for_events(const struct http1_field *f)
{
	static const char events[] = "text/event-stream";
	const size_t n = sizeof events - 1;

	return f->id == HTTP1_ACCEPT && f->value.n >= n &&
	       memcmp(f->value.p, events, n) == 0;
}

bool shared_unfit(const struct http1_head *h)
{
	bool unfit = h->upgrades || h->body == BODY_CHUNKED ||
		     h->length > SHARED_SHORT;

	for (uint32_t i = 0; !unfit && i < h->n; i++)
		unfit = asks_for_events(&h->v[i]);
	return unfit;
}

static bool fits(const struct web_conn *c)
{
	return !c->ask.apart && !c->ask.bulky;
}

static bool is_crowded(const struct published *p)
{
	uint32_t from = p->relay->conf->web.share_from;

	return from && p->busy >= from && p->route && p->route->shares;
}

bool shared_moves(const struct web_conn *c, const struct published *p)
{
	bool has = c->up && c->up->paired && strand_is(&c->up->inner);

	if (has)
		return !fits(c);
	return fits(c) && is_crowded(p) && p->session &&
	       !handover_yields(c->web) && find(p->session, p);
}

bool web_shares(struct visitor *v)
{
	struct published *p = v->published;
	struct mux *m = NULL;
	struct tcp t;

	if (v->web && fits(v->web) && is_crowded(p))
		m = find(p->session, p);
	if (!m || !mux_open(m, &t, NULL))
		return false;
	visitor_ask(v, &t);
	return true;
}
