/* chan - a data channel as a stream of messages (peer.h). */
#include "net/peer.h"

static struct chan *of(struct stream *s)
{
	return container_of(s, struct chan, stream);
}

static struct net *net_of(const struct chan *c)
{
	return c->peer->of->net;
}

static void tell(struct chan *c, unsigned what)
{
	c->what |= (uint8_t)what;
	soon_start(&c->tell, net_of(c)->loop);
}

static void told(struct soon *soon)
{
	struct chan *c = container_of(soon, struct chan, tell);
	unsigned what = c->what;

	c->what = 0;
	if (c->stream.err) {
		what = c->told_down ? 0 : STREAM_DOWN;
		c->told_down = true;
	}
	if (what)
		STREAM_WAKE(&c->stream, what);
}

static void put(struct chan *c, struct buf **b)
{
	if (*b)
		bufs_put(net_of(c), *b);
	*b = NULL;
}

/* ---- in ---- */

static bool is_data(const struct channel_in *in)
{
	return in->what == CHANNEL_TEXT || in->what == CHANNEL_BINARY;
}

/* The next message, into a buffer of its own. */
static void fetch(struct chan *c)
{
	struct peer *p = c->peer;
	struct channel_in in = { .what = CHANNEL_ACKED };
	struct span room = { p->of->room, SCTP_MESSAGE };

	while (!is_data(&in))
		if (!channel_recv(&p->sctp, c->sid, room, &in, peer_now(p)))
			return;
	c->in = bufs_get(net_of(c), pool_class_of(in.text.n), POOL_OUT);
	if (!c->in) {
		c->stream.err = -NAT_EMEMORY;
		tell(c, STREAM_DOWN);
		return;
	}
	c->in->end = (uint32_t)in.text.n;
	if (in.text.n)
		memcpy(c->in->p, in.text.p, in.text.n);
}

static struct span chan_peek(struct stream *s, size_t least)
{
	struct chan *c = of(s);

	(void)least;
	if (!c->in && !s->err && !s->ended && c->peer->state == PEER_OPEN) {
		fetch(c);
		peer_due(c->peer); /* the window may have opened */
	}
	if (!c->in)
		return (struct span){ NULL, 0 };
	return (struct span){ c->in->p, c->in->end };
}

static void chan_take_message(struct stream *s, size_t n)
{
	(void)n;
	put(of(s), &of(s)->in);
}

/* ---- out ---- */

static int send(struct chan *c, struct bytes b)
{
	struct peer *p = c->peer;
	int rc = channel_send(&p->sctp, c->sid, CHANNEL_BINARY, b, peer_now(p));

	peer_due(p);
	return rc;
}

static void end_out(struct chan *c)
{
	if (sctp_reset(&c->peer->sctp, c->sid) == 0)
		c->stream.finished = true;
	peer_due(c->peer);
}

/* False: something still waits. */
static bool settle(struct chan *c)
{
	int rc = 0;

	if (c->out)
		rc = send(c, (struct bytes){ c->out->p, c->out->end });
	if (rc == -NAT_EAGAIN)
		return false;
	put(c, &c->out);
	if (rc < 0 && !c->stream.err) {
		c->stream.err = rc;
		tell(c, STREAM_DOWN);
	}
	return rc == 0;
}

static struct span chan_reserve(struct stream *s, size_t least)
{
	struct chan *c = of(s);

	c->given = (struct span){ NULL, 0 };
	if (s->err || c->closing || c->out || least > SCTP_MESSAGE ||
	    c->peer->state != PEER_OPEN)
		return c->given;
	c->given.p = c->peer->of->room;
	c->given.n = least > PEER_PIECE ? least : PEER_PIECE;
	return c->given;
}

static void chan_commit(struct stream *s, size_t n)
{
	struct chan *c = of(s);
	struct bytes b = { c->given.p, n };
	int rc = n ? send(c, b) : 0;

	if (rc == -NAT_EAGAIN) {
		c->out = bufs_get(net_of(c), pool_class_of(n), POOL_OUT);
		if (!c->out)
			rc = -NAT_EMEMORY;
		else
			memcpy(c->out->p, b.p, n);
	}
	if (c->out)
		c->out->end = (uint32_t)n;
	else if (rc < 0) {
		s->err = rc;
		tell(c, STREAM_DOWN);
	}
}

static void chan_finish(struct stream *s)
{
	struct chan *c = of(s);

	if (c->closing)
		return;
	c->closing = true;
	if (!c->out && c->peer->state == PEER_OPEN)
		end_out(c);
	if (s->finished)
		tell(c, STREAM_OUT);
}

static void chan_stop(struct stream *s, bool reset)
{
	struct chan *c = of(s);

	(void)reset;
	if (!c->peer)
		return;
	if (!s->finished && c->peer->state == PEER_OPEN) {
		(void)!settle(c);
		end_out(c);
	}
	soon_stop(&c->tell);
	put(c, &c->in);
	put(c, &c->out);
	list_remove(&c->node);
	c->peer = NULL;
}

static const struct stream_ops ops = {
	.name = "channel",
	.kind = STREAM_MSGS,
	.peek = chan_peek,
	.take = chan_take_message,
	.reserve = chan_reserve,
	.commit = chan_commit,
	.finish = chan_finish,
	.stop = chan_stop,
};

/* ---- coming ---- */

void chan_take(struct chan *c, struct peer *p, uint16_t sid, struct waker *up)
{
	*c = (struct chan){ .peer = p, .sid = sid };
	c->stream = (struct stream){ .ops = &ops,
				     .up = up,
				     .most_in = SCTP_MESSAGE,
				     .most_out = SCTP_MESSAGE };
	soon_init(&c->tell, told);
	list_append(&p->chans, &c->node);
}

bool chan_open(struct chan *c, struct peer *p, const struct dcep_open *o,
	       struct waker *up)
{
	int sid = channel_open(&p->sctp, o, peer_now(p));

	if (sid < 0)
		return false;
	chan_take(c, p, (uint16_t)sid, up);
	peer_due(p);
	return true;
}

/* ---- what happens ---- */

/* When it is over both ways its number may be that of another already. */
static struct chan *find(struct peer *p, uint16_t sid)
{
	list_each (at, &p->chans) {
		struct chan *c = container_of(at, struct chan, node);

		if (c->sid == sid && !(c->stream.ended && c->stream.finished))
			return c;
	}
	return NULL;
}

/* A stream that is nobody's: one that begins, or what still comes. */
static void hear_nobody(struct peer *p, const struct sctp_event *e)
{
	struct channel_in in;
	struct span room = { p->of->room, SCTP_MESSAGE };

	if (e->what == SCTP_ENDED)
		(void)!sctp_reset(&p->sctp, e->sid);
	if (e->what != SCTP_MESSAGE_IN)
		return;
	while (!find(p, e->sid) &&
	       channel_recv(&p->sctp, e->sid, room, &in, peer_now(p)))
		if (in.what == CHANNEL_OPENED) {
			p->ops->come(p, e->sid, &in.open);
			if (!find(p, e->sid))
				(void)!sctp_reset(&p->sctp, e->sid);
		}
}

void chan_hear(struct peer *p, const struct sctp_event *e)
{
	struct chan *c = find(p, e->sid);

	if (!c) {
		hear_nobody(p, e);
		c = find(p, e->sid);
		if (c)
			tell(c, STREAM_IN | STREAM_OUT);
		return;
	}
	if (e->what == SCTP_MESSAGE_IN)
		tell(c, STREAM_IN);
	if (e->what == SCTP_ROOM && settle(c)) {
		if (c->closing && !c->stream.finished)
			end_out(c);
		tell(c, STREAM_OUT);
	}
	if (e->what == SCTP_ENDED) {
		c->stream.ended = true;
		tell(c, STREAM_IN);
	}
}

void chan_fail(struct peer *p, int err)
{
	list_each (at, &p->chans) {
		struct chan *c = container_of(at, struct chan, node);

		if (c->stream.err)
			continue;
		c->stream.err = err;
		tell(c, STREAM_DOWN);
	}
}
