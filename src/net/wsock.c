#include "net/wsock.h"
#include "net/wslot.h"
#include "os/mem.h"
#include "os/parts.h"
#include "os/rand.h"

const bool wsock_known = true;

/* What may stand in a request's first line (RFC 3986 3.3, 3.4). */
const char *wsock_path_fault(struct bytes path)
{
	bool good = path.n > 0 && path.n <= WSOCK_PATH && *path.p == '/';

	for (size_t i = 0; i < path.n; i++)
		good = good && path.p[i] > ' ' && path.p[i] < 0x7f &&
		       path.p[i] != '#';
	return good ? NULL : "is no path of a URL, such as /nat";
}

static struct wsock *of(struct stream *s)
{
	return container_of(container_of(s, struct tcp, stream)->veil,
			    struct wsock, veil);
}

static int64_t now_of(const struct wsock *w)
{
	return w->of->net->loop->now;
}

void wslot_enter(struct wsock *w, enum wsock_state state)
{
	w->state = (uint8_t)state;
	w->since = now_of(w);
}

void wslot_tell(struct wsock *w)
{
	soon_start(&w->tell, w->of->net->loop);
}

/* ---- ending ---- */

static void forget(struct wsock *w, bool reset)
{
	struct wsocks *s = w->of;

	soon_stop(&w->tell);
	list_remove(&w->node);
	s->nclosing -= w->state == WSOCK_CLOSES;
	if (!reset)
		tcp_push(&w->veil.tcp);
	stream_stop(wslot_below(w), reset);
	slots_put(&s->lines, w);
}

void wslot_fail(struct wsock *w, int err, uint16_t code)
{
	if (w->state == WSOCK_OVER || w->state == WSOCK_CLOSES)
		return;
	if (code && !wslot_below(w)->err && wsdata_close(w, code))
		w->said.late = true;
	wslot_enter(w, WSOCK_OVER);
	w->veil.above->stream.err = err;
	if (w->said.late)
		tcp_push(&w->veil.tcp);
	wslot_tell(w);
}

/* What it still says is thrown away: a reset would overtake our last words. The
 * server is the first to close (RFC 6455 7.1.1).
 */
static void linger(struct wsock *w)
{
	struct stream *s = wslot_below(w);

	wsdata_drain(w);
	if (s->err || s->ended ||
	    (w->heard.close && w->said.close && wslot_role(w) == WS_SERVER))
		forget(w, false);
}

/* Those that close cost a descriptor each, which strangers could make many of. */
static void give_way(struct wsocks *s)
{
	if (s->nclosing > 0)
		forget(container_of(s->closing.next, struct wsock, node), true);
}

/* Says Close if it can still be said. */
static void begin_to_close(struct wsock *w)
{
	bool was_open = w->state == WSOCK_OPEN;

	veil_leave(&w->veil);
	soon_stop(&w->tell);
	if (was_open)
		wsdata_settle(w);
	if (was_open && !w->said.close)
		wsdata_close(w, WS_NORMAL);
	if (w->of->nclosing == WSOCK_CLOSING)
		give_way(w->of);
	wslot_enter(w, WSOCK_CLOSES);
	w->of->nclosing++;
	list_append(&w->of->closing, &w->node);
	tcp_push(&w->veil.tcp);
	if (w->said.late)
		stream_finish(wslot_below(w));
	linger(w);
}

/* ---- as a stream ---- */

static struct span wsock_peek(struct stream *s, size_t least)
{
	return wsdata_peek(of(s), least);
}

static void wsock_take(struct stream *s, size_t n)
{
	wsdata_take(of(s), n);
}

static struct span wsock_reserve(struct stream *s, size_t least)
{
	return wsdata_reserve(of(s), least);
}

static void wsock_commit(struct stream *s, size_t n)
{
	wsdata_commit(of(s), n);
}

static void wsock_finish(struct stream *s)
{
	struct wsock *w = of(s);

	if (w->said.finishing)
		return;
	w->said.finishing = true;
	if (w->state == WSOCK_OPEN) {
		wsdata_settle(w);
		wslot_tell(w);
	}
}

static void wsock_stop(struct stream *s, bool reset)
{
	struct tcp *t = container_of(s, struct tcp, stream);
	struct wsock *w = of(s);

	if (!tcp_runs(t))
		return;
	if (!wslot_below(w)->err &&
	    (w->said.late || (w->state == WSOCK_OPEN && !reset))) {
		begin_to_close(w);
		return;
	}
	veil_leave(&w->veil);
	forget(w, reset);
}

static const struct stream_ops wsock_ops = {
	.name = "ws",
	.kind = STREAM_BYTES,
	.peek = wsock_peek,
	.take = wsock_take,
	.reserve = wsock_reserve,
	.commit = wsock_commit,
	.finish = wsock_finish,
	.stop = wsock_stop,
};

/* ---- wakes ---- */

/* Is all said, and has it left? */
static bool is_finished(struct wsock *w)
{
	return w->said.finishing && (w->said.end || w->said.close) &&
	       !tcp_owes_out(veil_under(&w->veil.tcp));
}

/* The last thing done: the owner may stop it. */
static void tell(struct wsock *w, unsigned what)
{
	struct stream *s = &w->veil.above->stream;

	if (w->state == WSOCK_OPEN) {
		wsdata_settle(w);
		if (w->heard.end)
			wsdata_peek(w, 1); /* nobody else looks any more */
	}
	if (w->state == WSOCK_OPEN && !w->told_open)
		what |= STREAM_OPEN | STREAM_IN | STREAM_OUT;
	w->told_open = w->state == WSOCK_OPEN;
	if (!s->finished && is_finished(w)) {
		s->finished = true;
		what |= STREAM_OUT;
	}
	if (w->state == WSOCK_OVER) {
		what = w->told_down ? 0 : STREAM_DOWN;
		w->told_down = true;
	}
	if (what)
		STREAM_WAKE(s, what);
}

static void told(struct soon *soon)
{
	struct wsock *w = container_of(soon, struct wsock, tell);

	tell(w, w->state == WSOCK_OPEN ? STREAM_IN : 0);
}

static void woken(struct waker *waker, unsigned what)
{
	struct wsock *w = container_of(waker, struct wsock, veil.waker);

	if (w->state == WSOCK_CLOSES) {
		linger(w);
		return;
	}
	if (what & STREAM_DOWN)
		wslot_fail(w, wslot_below(w)->err, WS_FINE);
	if (w->state < WSOCK_OPEN)
		wsopen_step(w);
	tell(w, w->state == WSOCK_OPEN ? what & (STREAM_IN | STREAM_OUT) : 0);
}

/* ---- time ---- */

/* So many pings in one turn, then a pause of so many ms. */
enum { PINGS = 16, PAUSE = 10 };

/* True: it has said something, which takes a buffer for this turn. */
static bool look_at(struct wsock *w)
{
	int64_t silent = now_of(w) - w->since;
	const struct bytes empty = { NULL, 0 };

	if (w->state < WSOCK_OPEN && silent >= WSOCK_LATE)
		wslot_fail(w, -NAT_ETIMEOUT, WS_FINE);
	else if (w->state == WSOCK_CLOSES && silent >= WSOCK_LINGER)
		forget(w, true);
	else if (w->state == WSOCK_OPEN && !w->said.close &&
		 wslot_role(w) == WS_CLIENT && silent >= WSOCK_SILENCE)
		return wsdata_control(w, WS_PING, empty); /* or next time */
	return false;
}

static void look(struct timer *t)
{
	struct wsocks *s = container_of(t, struct wsocks, look);
	struct wsock *w = NULL;
	int pings = 0;

	while (pings < PINGS && (w = slots_next(&s->lines, &s->at)) != NULL)
		pings += look_at(w);
	if (!w)
		s->at = 0;
	if (w || s->lines.used)
		timer_start(t, s->net->loop,
			    s->net->loop->now + (w ? PAUSE : WSOCK_LOOK));
}

/* ---- coming ---- */

/* Who only closes gives way. */
static struct wsock *take_slot(struct wsocks *s)
{
	if (s->lines.used == s->lines.limit)
		give_way(s);
	return slots_get(&s->lines);
}

static struct wsock *start(struct wsocks *s, struct tcp *t, enum ws_role role)
{
	enum { AROUND = WS_HEAD + WS_CONTROL_FRAME };
	struct wsock *w = take_slot(s);

	if (!w)
		return NULL;
	w->of = s;
	list_init(&w->node);
	w->in = (struct ws_in){ .role = role, .most = UINT64_MAX };
	soon_init(&w->tell, told);
	veil_lay(&w->veil, t, &wsock_ops, woken);
	t->stream.most_in -= AROUND;
	t->stream.most_out -= WS_HEAD;
	if (!timer_runs(&s->look))
		timer_start(&s->look, s->net->loop,
			    s->net->loop->now + WSOCK_LOOK);
	return w;
}

/* "GET ", "POST ", but no JSON and no TLS. */
static bool is_http(struct span in)
{
	return in.p && *in.p >= 'A' && *in.p <= 'Z';
}

bool wsock_answer(struct wsocks *s, struct tcp *t)
{
	struct wsock *w;

	if (!s || veil_waits(t) || t->stream.ops == &wsock_ops ||
	    !is_http(stream_peek(&t->stream, 1)))
		return true;
	w = start(s, t, WS_SERVER);
	if (!w)
		return false;
	wslot_enter(w, WSOCK_CALLED);
	wsopen_step(w);
	return true;
}

bool wsock_wanted(const struct wsocks *s, const struct http1_request *r)
{
	return s && wsopen_is_here(s, r->target) &&
	       upgrade_wants(r, BYTES(WSOCK_PROTOCOL));
}

const char *wsock_name(const struct tcp *t)
{
	if (!tcp_runs(t) || t->stream.ops != &wsock_ops)
		return NULL;
	return veil_of(&t->veil->tcp) ? "wss" : "ws";
}

bool wsock_call(struct wsocks *s, struct tcp *t, const struct wsock_to *to)
{
	struct wsock *w = s ? start(s, t, WS_CLIENT) : NULL;

	if (!w)
		return false;
	w->ask = (struct upgrade_ask){ .host = to->host,
				       .port = to->port,
				       .path = to->path,
				       .protocol = BYTES(WSOCK_PROTOCOL) };
	rand_fill(SPAN(w->ask.nonce));
	wslot_enter(w, WSOCK_CALLS);
	wsopen_step(w);
	return true;
}

bool wsock_explain(struct tcp *t, struct fmt *f)
{
	struct wsock *w;

	if (!tcp_runs(t) || t->stream.ops != &wsock_ops)
		return false;
	w = of(&t->stream);
	if (!w->why)
		return false;
	fmt_put(f, "WebSocket: %s", w->why);
	if (w->status && w->status != 101)
		fmt_put(f, ": %u", (unsigned)w->status);
	return true;
}

/* ---- life ---- */

int wsocks_start(struct wsocks **out, struct net *net,
		 const struct wsock_wish *wish)
{
	struct wsocks *s = (struct wsocks *)(void *)mem_reserve(sizeof *s).p;
	const struct part part =
		PART_SLOTS(s ? &s->lines : NULL, struct wsock, wish->most);
	int rc = s ? parts_reserve(&s->memory, &part, 1) : -NAT_EMEMORY;

	if (rc < 0) {
		if (s)
			mem_release((struct span){ (uint8_t *)s, sizeof *s });
		return rc;
	}
	s->net = net;
	list_init(&s->closing);
	s->path = bytes_of(wish->path ? wish->path : "");
	timer_init(&s->look, look);
	*out = s;
	return 0;
}

void wsocks_stop(struct wsocks *s)
{
	if (!s)
		return;
	slots_each (struct wsock, w, &s->lines)
		forget(w.it, true);
	timer_stop(&s->look, s->net->loop);
	mem_release(s->memory);
	mem_release((struct span){ (uint8_t *)s, sizeof *s });
}
