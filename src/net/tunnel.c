#include "net/tunnel.h"
#include "base/slot.h"
#include "os/mem.h"
#include "os/parts.h"

struct tunnel {
	struct slot slot;
	struct veil veil;
	struct tunnels *of;
	struct timer late;
	struct soon tell;
	struct proxy proxy;
	bool finishing;
};

struct tunnels {
	struct net *net;
	struct slots table;
	struct span memory;
	struct http1_response room; /* of the answer at hand */
};

static struct tunnel *of(struct stream *s)
{
	return container_of(container_of(s, struct tcp, stream)->veil,
			    struct tunnel, veil);
}

static struct stream *below(struct tunnel *u)
{
	return &u->veil.tcp.stream;
}

static void forget(struct tunnel *u)
{
	timer_stop(&u->late, u->of->net->loop);
	soon_stop(&u->tell);
	slots_put(&u->of->table, u);
}

/* Told from the loop, once. */
static void fail(struct tunnel *u, int err)
{
	struct stream *s = &u->veil.above->stream;

	timer_stop(&u->late, u->of->net->loop);
	if (s->err)
		return;
	s->err = err;
	soon_start(&u->tell, u->of->net->loop);
}

/* ---- as a stream ---- */

static struct span tunnel_none(struct stream *s, size_t least)
{
	(void)s, (void)least;
	return (struct span){ NULL, 0 };
}

static void tunnel_nothing(struct stream *s, size_t n)
{
	(void)s, (void)n;
}

static void tunnel_finish(struct stream *s)
{
	of(s)->finishing = true;
}

static void tunnel_stop(struct stream *s, bool reset)
{
	struct tunnel *u = of(s);

	if (!tcp_runs(container_of(s, struct tcp, stream)))
		return;
	veil_leave(&u->veil);
	stream_stop(below(u), reset);
	forget(u);
}

static const struct stream_ops tunnel_ops = {
	.name = "tunnel",
	.kind = STREAM_BYTES,
	.peek = tunnel_none,
	.take = tunnel_nothing,
	.reserve = tunnel_none,
	.commit = tunnel_nothing,
	.finish = tunnel_finish,
	.stop = tunnel_stop,
};

/* ---- the talk with the proxy ---- */

/* False: there is no room for it now. */
static bool say(struct tunnel *u)
{
	struct span room = stream_reserve(below(u), PROXY_SAID);
	struct fmt f = fmt_to(room);

	if (!room.p)
		return false;
	proxy_say(&u->proxy, &f);
	stream_commit(below(u), f.n);
	return true;
}

/* All that is here. 0: more is to come. */
static long hear(struct tunnel *u)
{
	struct span in = stream_peek(below(u), 1);
	size_t had;
	long n;

	do {
		had = in.n;
		n = had ? proxy_hear(&u->proxy, bytes_in(in), &u->of->room) : 0;
		if (n == 0 && had)
			in = stream_peek(below(u), had + 1);
	} while (n == 0 && in.n > had);
	if (n > 0)
		stream_take(below(u), (size_t)n);
	return n;
}

/* The last thing done. */
static void let_through(struct tunnel *u)
{
	struct stream *s = &u->veil.above->stream;
	bool finishing = u->finishing;

	veil_lift(&u->veil);
	forget(u);
	if (finishing)
		stream_finish(s);
	STREAM_WAKE(s, STREAM_OPEN | STREAM_IN | STREAM_OUT);
}

static void woken(struct waker *waker, unsigned what)
{
	struct tunnel *u = container_of(waker, struct tunnel, veil.waker);
	long n = 1;

	if (what & STREAM_DOWN)
		fail(u, below(u)->err);
	if (u->veil.above->stream.err)
		return;
	while (n > 0 && !proxy_is_through(&u->proxy))
		n = say(u) ? hear(u) : 0;
	if (proxy_is_through(&u->proxy)) {
		let_through(u);
		return;
	}
	if (n < 0)
		fail(u, (int)n);
	else if (below(u)->ended)
		fail(u, -NAT_ECLOSED);
}

static void late(struct timer *t)
{
	fail(container_of(t, struct tunnel, late), -NAT_ETIMEOUT);
}

static void told(struct soon *soon)
{
	struct tunnel *u = container_of(soon, struct tunnel, tell);

	STREAM_WAKE(&u->veil.above->stream, STREAM_DOWN);
}

bool tunnel_call(struct tunnels *ts, struct tcp *t, const struct tunnel_to *to)
{
	struct tunnel *u = slots_get(&ts->table);
	struct loop *l = ts->net->loop;

	if (!u)
		return false;
	u->of = ts;
	timer_init(&u->late, late);
	soon_init(&u->tell, told);
	proxy_start(&u->proxy, to->proxy, to->host, to->port);
	veil_lay(&u->veil, t, &tunnel_ops, woken);
	timer_start(&u->late, l, l->now + TUNNEL_LATE);
	(void)say(u); /* or when there is room */
	return true;
}

bool tunnel_explain(const struct tcp *t, struct fmt *f)
{
	const struct veil *v = veil_of(t);
	const struct tunnel *u;

	while (v && v->above->stream.ops != &tunnel_ops)
		v = veil_of(&v->tcp);
	if (!v)
		return false;
	u = container_of(v, const struct tunnel, veil);
	fmt_put(f, "%s",
		u->proxy.why ? u->proxy.why : err_text(v->above->stream.err));
	if (u->proxy.status)
		fmt_put(f, ": %u", (unsigned)u->proxy.status);
	return true;
}

/* ---- life ---- */

int tunnels_start(struct tunnels **out, struct net *net, uint32_t most)
{
	struct tunnels *ts =
		(struct tunnels *)(void *)mem_reserve(sizeof *ts).p;
	const struct part part =
		PART_SLOTS(ts ? &ts->table : NULL, struct tunnel, most);
	int rc = ts ? parts_reserve(&ts->memory, &part, 1) : -NAT_EMEMORY;

	if (rc < 0) {
		if (ts)
			mem_release((struct span){ (uint8_t *)ts, sizeof *ts });
		return rc;
	}
	ts->net = net;
	*out = ts;
	return 0;
}

void tunnels_stop(struct tunnels *ts)
{
	if (!ts)
		return;
	mem_release(ts->memory);
	mem_release((struct span){ (uint8_t *)ts, sizeof *ts });
}
