#include "net/chan.h"

static struct chan *of(struct stream *s)
{
	return container_of(s, struct chan, stream);
}

static struct net *net_of(const struct chan *c)
{
	return c->assoc->of->net;
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

static void go_down(struct chan *c, int err)
{
	if (!c->stream.err)
		c->stream.err = err;
	tell(c, STREAM_DOWN);
}

/* ---- in ---- */

static bool is_data(const struct channel_in *in)
{
	return in->what == CHANNEL_TEXT || in->what == CHANNEL_BINARY;
}

/* What two of our kind say of a stream that is stopped before its end, the last thing
 * on it: an empty text. They say no other texts.
 */
static bool is_cut(const struct chan *c, const struct channel_in *in)
{
	return !c->assoc->whole && in->what == CHANNEL_TEXT && in->text.n == 0;
}

/* The next message, into a buffer of its own. */
static void fetch(struct chan *c)
{
	struct assoc *a = c->assoc;
	struct channel_in in = { .what = CHANNEL_ACKED };
	struct span room = { a->of->room, SCTP_MESSAGE };

	while (in.what == CHANNEL_ACKED)
		if (!channel_recv(&a->sctp, c->sid, room, &in, assoc_now(a)))
			return;
	if (!is_data(&in) || is_cut(c, &in)) {
		go_down(c, is_data(&in) ? -NAT_ERESET : -NAT_EPROTO);
		return;
	}
	c->in = bufs_get(net_of(c), pool_class_of(in.text.n), POOL_OUT);
	if (!c->in) {
		go_down(c, -NAT_EMEMORY);
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
	if (!c->in && !s->err && !s->ended && c->assoc->state == ASSOC_OPEN) {
		fetch(c);
		assoc_due(c->assoc); /* the window may have opened */
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
	struct assoc *a = c->assoc;
	int rc =
		channel_send(&a->sctp, c->sid, CHANNEL_BINARY, b, assoc_now(a));

	assoc_due(a);
	return rc;
}

static void end_out(struct chan *c)
{
	if (sctp_reset(&c->assoc->sctp, c->sid) == 0)
		c->stream.finished = true;
	assoc_due(c->assoc);
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
	if (rc < 0 && !c->stream.err)
		go_down(c, rc);
	return rc == 0;
}

static struct span chan_reserve(struct stream *s, size_t least)
{
	struct chan *c = of(s);

	c->given = (struct span){ NULL, 0 };
	if (s->err || c->closing || c->out || least > s->most_out ||
	    c->assoc->state != ASSOC_OPEN)
		return c->given;
	c->given.p = c->assoc->of->room;
	c->given.n = min_size(ASSOC_PIECE, s->most_out);
	if (least > c->given.n)
		c->given.n = least;
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
	else if (rc < 0)
		go_down(c, rc);
}

bool chan_say(struct chan *c, struct bytes message)
{
	return !c->stream.err && !c->closing && c->assoc->state == ASSOC_OPEN &&
	       message.n <= c->stream.most_out && send(c, message) == 0;
}

static void chan_finish(struct stream *s)
{
	struct chan *c = of(s);

	if (c->closing)
		return;
	c->closing = true;
	if (!c->out && c->assoc->state == ASSOC_OPEN)
		end_out(c);
	if (s->finished)
		tell(c, STREAM_OUT);
}

/* When it is over both ways its number may be that of another already. */
static struct chan *find(struct assoc *a, uint16_t sid)
{
	list_each (at, &a->chans) {
		struct chan *c = container_of(at, struct chan, node);

		if (c->sid == sid && !(c->stream.ended && c->stream.finished))
			return c;
	}
	return NULL;
}

/* What has come and nobody will fetch would take the window from all others. */
static void forget(struct assoc *a, uint16_t sid)
{
	struct channel_in in;
	struct span room = { a->of->room, SCTP_MESSAGE };

	while (!find(a, sid) &&
	       channel_recv(&a->sctp, sid, room, &in, assoc_now(a)))
		;
	assoc_due(a);
}

/* Not to who has said so. */
static void say_cut(struct chan *c)
{
	static const struct sctp_message how = { .ppid = PPID_TEXT_EMPTY,
						 .urgent = true };
	struct assoc *a = c->assoc;

	if (!a->whole && c->stream.err != -NAT_ERESET)
		(void)!sctp_send(&a->sctp, c->sid, BYTES("\0"), &how,
				 assoc_now(a));
}

static void chan_stop(struct stream *s, bool reset)
{
	struct chan *c = of(s);
	struct assoc *a = c->assoc;

	if (!a)
		return;
	if (!s->finished && a->state == ASSOC_OPEN) {
		(void)!settle(c);
		if (reset)
			say_cut(c);
		end_out(c);
	} else if (reset && !a->whole && a->state == ASSOC_OPEN) {
		sctp_reset_in(&a->sctp, c->sid);
	}
	soon_stop(&c->tell);
	put(c, &c->in);
	put(c, &c->out);
	list_remove(&c->node);
	c->assoc = NULL;
	if (a->state == ASSOC_OPEN)
		forget(a, c->sid);
}

/* clang-format off */
#define OPS(kind_) { \
	.name = "channel", .kind = (kind_), .peek = chan_peek, \
	.take = chan_take_message, .reserve = chan_reserve, \
	.commit = chan_commit, .finish = chan_finish, .stop = chan_stop }
/* clang-format on */
static const struct stream_ops ops = OPS(STREAM_MSGS),
			       lossy_ops = OPS(STREAM_LOSSY);

/* By how it was opened, by either side. */
static bool is_lossy(const struct assoc *a, uint16_t sid)
{
	const struct sctp_stream *x = streams_find(&a->sctp.streams, sid);

	return x && x->user.kind & (uint8_t)~DCEP_UNORDERED;
}

/* ---- coming ---- */

void chan_take(struct chan *c, struct assoc *a, uint16_t sid, struct waker *up)
{
	*c = (struct chan){ .assoc = a, .sid = sid };
	c->stream =
		(struct stream){ .ops = is_lossy(a, sid) ? &lossy_ops : &ops,
				 .up = up,
				 .most_in = SCTP_MESSAGE,
				 .most_out = a->most };
	soon_init(&c->tell, told);
	list_append(&a->chans, &c->node);
}

bool chan_open(struct chan *c, struct assoc *a, const struct dcep_open *o,
	       struct waker *up)
{
	int sid = channel_open(&a->sctp, o, assoc_now(a));

	if (sid < 0)
		return false;
	chan_take(c, a, (uint16_t)sid, up);
	assoc_due(a);
	return true;
}

/* ---- what happens ---- */

/* A stream that is nobody's: one that begins, or what still comes. */
static void hear_nobody(struct assoc *a, const struct sctp_event *e)
{
	struct channel_in in;
	struct span room = { a->of->room, SCTP_MESSAGE };

	if (e->what == SCTP_ENDED || e->what == SCTP_UNWANTED)
		(void)!sctp_reset(&a->sctp, e->sid);
	if (e->what != SCTP_MESSAGE_IN)
		return;
	while (!find(a, e->sid) &&
	       channel_recv(&a->sctp, e->sid, room, &in, assoc_now(a)))
		if (in.what == CHANNEL_OPENED || in.what == CHANNEL_WRONG) {
			if (in.what == CHANNEL_OPENED)
				a->ops->come(a, e->sid, &in.open);
			if (!find(a, e->sid))
				(void)!sctp_reset(&a->sctp, e->sid);
		}
}

/* Nobody reads what would still be said. */
static void cut(struct chan *c)
{
	c->closing = true;
	put(c, &c->out);
	if (!c->stream.finished)
		end_out(c);
}

void chan_hear(struct assoc *a, const struct sctp_event *e)
{
	struct chan *c = find(a, e->sid);

	if (!c) {
		hear_nobody(a, e);
		c = find(a, e->sid);
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
	if (e->what == SCTP_UNWANTED)
		go_down(c, -NAT_ERESET);
	if (e->what == SCTP_ENDED) {
		c->stream.ended = true;
		if (a->whole)
			cut(c);
		tell(c, STREAM_IN | STREAM_OUT);
	}
}

void chan_fail(struct assoc *a, int err)
{
	list_each (at, &a->chans) {
		struct chan *c = container_of(at, struct chan, node);

		if (!c->stream.err)
			go_down(c, err);
	}
}
