/* joint - a connection of TCP, or standard input and output, and its channel. */
#include "net/ties.h"
#include "os/sock.h"

static struct net *net_of(const struct joint *k)
{
	return k->of->of->net;
}

/* ---- ending ---- */

/* in: from who came, which at a host is the channel's side. */
static void say_end(const struct joint *k, int err)
{
	bool host = !k->behind;
	struct tie_end e = { .service = k->service,
			     .from = k->from,
			     .in = k->pair.ab.moved,
			     .out = k->pair.ba.moved,
			     .since = k->since,
			     .why = err ? err_text(err) : "done" };

	if (host) {
		e.in = k->pair.ba.moved;
		e.out = k->pair.ab.moved;
	}
	ties_say(k->of, &e);
}

static void end(struct joint *k, int err)
{
	struct tie_stdio *s = k->stdio;

	say_end(k, err);
	if (k->dials)
		dial_stop(&k->dial);
	if (k->paired) {
		pair_stop(&k->pair, err);
	} else {
		stream_stop(&k->chan.stream, false); /* refused: see watch */
		if (tcp_runs(&k->tcp))
			stream_stop(&k->tcp.stream, true);
	}
	list_remove(&k->node);
	k->of->n--;
	slots_put(&k->of->of->joints, k);
	if (s)
		s->left(s, err);
}

void joint_end_all(struct ties *t)
{
	while (!list_alone(&t->joints))
		end(container_of(t->joints.next, struct joint, node),
		    -NAT_ECLOSED);
}

static void over(struct pair *p, int err)
{
	end(container_of(p, struct joint, pair), err);
}

/* ---- what is heard ---- */

/* Until both are there. */
static void wait(struct waker *w, unsigned what)
{
	struct joint *k = container_of(w, struct joint, waker);

	if (what & STREAM_DOWN)
		end(k, -NAT_ECLOSED);
}

/* Who ends a channel without a word, while it is spoken to, refuses. */
static void watch(struct waker *w, unsigned what)
{
	struct joint *k = container_of(w, struct joint, waker);
	const struct stream *here = k->pair.ab.from;

	if (k->chan.stream.ended && !here->ended && !k->pair.ba.moved &&
	    !stream_peek(&k->chan.stream, 1).p)
		end(k, -NAT_EREFUSED);
	else
		k->behind->wake(k->behind, what);
}

/* ---- joining ---- */

static struct joint *begin(struct ties *t, struct bytes service)
{
	struct joint *k = ties_may(t) ? slots_get(&t->of->joints) : NULL;

	if (!k)
		return NULL;
	k->of = t;
	k->service = service;
	k->since = t->of->net->loop->now;
	k->waker.wake = wait;
	list_append(&t->joints, &k->node);
	t->n++;
	return k;
}

static void join(struct joint *k, int fd)
{
	tcp_start(&k->tcp, net_of(k), fd, &k->waker);
	k->paired = true;
	pair_start(&k->pair, net_of(k), &k->tcp.stream, &k->chan.stream, over);
}

static void dialled(struct dial *d, int fd)
{
	struct joint *k = container_of(d, struct joint, dial);

	k->dials = false;
	if (fd < 0)
		end(k, fd);
	else
		join(k, fd);
}

bool joint_come(struct ties *t, uint16_t sid, const struct p2p_service *s)
{
	enum { PATIENCE = 5000 };
	struct joint *k = begin(t, s->name);

	if (!k)
		return false;
	k->dials = true;
	dial_start(&k->dial, t->of->net, &s->at, PATIENCE, dialled);
	chan_take(&k->chan, t->assoc, sid, &k->waker);
	return true;
}

/* A join's, with its channel; NULL: there are too many. */
static struct joint *call(struct ties *t, struct bytes service)
{
	const struct dcep_open o = { .type = DCEP_RELIABLE,
				     .label = BYTES("tunnel-tcp"),
				     .protocol = service };
	struct joint *k = begin(t, service);

	if (!k || chan_open(&k->chan, t->assoc, &o, &k->waker))
		return k;
	list_remove(&k->node);
	t->n--;
	slots_put(&t->of->joints, k);
	return NULL;
}

static void pair_up(struct joint *k, struct stream *here)
{
	k->paired = true;
	pair_join(&k->pair, net_of(k), here, &k->chan.stream, over);
	k->behind = k->chan.stream.up;
	k->waker.wake = watch;
	k->chan.stream.up = &k->waker;
	pair_go(&k->pair);
}

void joint_call(struct ties *t, int fd, const struct addr *from,
		struct bytes service)
{
	struct joint *k = call(t, service);

	if (!k) {
		ties_say_full(t, from, service);
		sock_close(fd, true);
		return;
	}
	k->from = *from;
	tcp_start(&k->tcp, net_of(k), fd, &k->waker);
	pair_up(k, &k->tcp.stream);
}

bool joint_stdio(struct ties *t, struct tie_stdio *s, struct bytes service)
{
	struct joint *k = call(t, service);

	if (!k)
		return false;
	k->stdio = s;
	stdio_start(&s->stdio, t->of->net->loop, &k->waker);
	pair_up(k, &s->stdio.stream);
	return true;
}
