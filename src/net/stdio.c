#include "net/stdio.h"

#define STDIO(s) container_of(s, struct stdio, stream)
static const struct span nothing = { NULL, 0 };

static size_t held(const struct stdio_half *h)
{
	return h->end - h->at;
}

/* What it holds moves to the front when there is less room behind it. */
static size_t make_room(struct stdio_half *h, size_t least)
{
	if (sizeof h->p - h->end < least) {
		memmove(h->p, h->p + h->at, held(h));
		h->end = held(h);
		h->at = 0;
	}
	return sizeof h->p - h->end;
}

static void break_down(struct stdio *s, int err)
{
	if (!s->stream.err)
		s->stream.err = err;
	soon_start(&s->flush, s->loop);
}

/* ---- input ---- */

static void receive(struct stdio *s, size_t least)
{
	struct stdio_half *h = &s->in;
	size_t room = make_room(h, least);
	long n = ends_read((struct span){ h->p + h->end, room });

	if (n > 0)
		h->end += (size_t)n;
	else if (n == 0)
		s->stream.ended = true;
	else if (n != -NAT_EAGAIN)
		break_down(s, (int)n);
	s->readable = n == (long)room || (n > 0 && !s->ends.waits[ENDS_IN]);
}

static struct span stdio_peek(struct stream *stream, size_t least)
{
	struct stdio *s = STDIO(stream);
	struct stdio_half *h = &s->in;

	if (held(h) < least && s->readable && !stream->ended && !stream->err)
		receive(s, least - held(h));
	if (!s->readable && !stream->ended && !stream->err)
		io_want(&h->io, LOOP_IN);
	return held(h) ? (struct span){ h->p + h->at, held(h) } : nothing;
}

static void stdio_take(struct stream *stream, size_t n)
{
	STDIO(stream)->in.at += n;
}

/* Nothing more is told until somebody has looked. */
static void come(struct io *io, unsigned what)
{
	struct stdio *s = container_of(io, struct stdio, in.io);

	(void)what;
	io_want(io, 0);
	s->readable = true;
	STREAM_WAKE(&s->stream, STREAM_IN);
}

/* ---- output ---- */

static struct span stdio_reserve(struct stream *stream, size_t least)
{
	struct stdio *s = STDIO(stream);
	struct stdio_half *h = &s->out;
	size_t room = make_room(h, least);

	if (stream->err || s->finishing || room < least) {
		s->starved = true;
		return nothing;
	}
	return (struct span){ h->p + h->end, room };
}

static void stdio_commit(struct stream *stream, size_t n)
{
	struct stdio *s = STDIO(stream);

	s->out.end += n;
	if (n)
		soon_start(&s->flush, s->loop);
}

static void stdio_finish(struct stream *stream)
{
	struct stdio *s = STDIO(stream);

	s->finishing = true;
	soon_start(&s->flush, s->loop);
}

/* A file takes everything, or it is full. */
static void send_out(struct stdio *s)
{
	struct stdio_half *h = &s->out;
	long n = ends_write((struct bytes){ h->p + h->at, held(h) });

	if (n < 0 && n != -NAT_EAGAIN) {
		break_down(s, (int)n);
		return;
	}
	h->at += n > 0 ? (size_t)n : 0;
	if (!held(h))
		h->at = h->end = 0;
	else if (s->ends.waits[ENDS_OUT])
		io_want(&h->io, LOOP_OUT);
	else
		soon_start(&s->flush, s->loop);
}

static void go_down(struct stdio *s)
{
	soon_stop(&s->flush);
	io_want(&s->in.io, 0);
	io_want(&s->out.io, 0);
	if (s->told_down)
		return;
	s->told_down = true;
	STREAM_WAKE(&s->stream, STREAM_DOWN);
}

static void flush(struct soon *f)
{
	struct stdio *s = container_of(f, struct stdio, flush);
	bool tell = s->starved;

	if (held(&s->out) && !s->stream.err)
		send_out(s);
	if (s->stream.err) {
		go_down(s);
		return;
	}
	if (held(&s->out))
		return;
	io_want(&s->out.io, 0);
	if (s->finishing && !s->stream.finished) {
		ends_finish(&s->ends);
		s->stream.finished = tell = true;
	}
	s->starved = false;
	if (tell)
		STREAM_WAKE(&s->stream, STREAM_OUT);
}

static void writable(struct io *io, unsigned what)
{
	struct stdio *s = container_of(io, struct stdio, out.io);

	(void)what;
	soon_start(&s->flush, s->loop);
}

/* ---- life ---- */

static void stdio_stop(struct stream *stream, bool reset)
{
	struct stdio *s = STDIO(stream);

	(void)reset;
	if (!s->loop)
		return;
	soon_stop(&s->flush);
	io_stop(&s->in.io);
	io_stop(&s->out.io);
	ends_give(&s->ends);
	s->loop = NULL;
}

static const struct stream_ops stdio_ops = {
	.name = "stdio",
	.kind = STREAM_BYTES,
	.peek = stdio_peek,
	.take = stdio_take,
	.reserve = stdio_reserve,
	.commit = stdio_commit,
	.finish = stdio_finish,
	.stop = stdio_stop,
};

void stdio_start(struct stdio *s, struct loop *l, struct waker *up)
{
	s->stream = (struct stream){ .ops = &stdio_ops,
				     .up = up,
				     .most_in = STDIO_ROOM,
				     .most_out = STDIO_ROOM };
	s->loop = l;
	s->readable = true;
	s->starved = s->finishing = s->told_down = false;
	s->in.at = s->in.end = s->out.at = s->out.end = 0;
	ends_take(&s->ends);
	soon_init(&s->flush, flush);
	io_init(&s->in.io, come);
	io_init(&s->out.io, writable);
	io_start(&s->in.io, l, ENDS_IN, 0);
	io_start(&s->out.io, l, ENDS_OUT, 0);
}
