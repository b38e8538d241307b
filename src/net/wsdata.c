#include "net/wslot.h"
#include "os/rand.h"

/* A frame of fewer bytes is not worth its head while others leave. */
enum { OUT_LEAST = 256, OUT_MOST = UINT16_MAX };

static const struct span nothing = { NULL, 0 };

/* ---- control frames ---- */

static void take_key(struct wsocks *s, uint8_t key[4])
{
	if (s->keys_n == 0) {
		rand_fill(SPAN(s->keys));
		s->keys_n = sizeof s->keys;
	}
	s->keys_n -= 4;
	memcpy(key, s->keys + s->keys_n, 4);
}

static struct ws_frame frame_of(struct wsock *w, enum ws_op op, size_t n)
{
	struct ws_frame f = { .role = wslot_role(w), .op = op, .n = n };

	if (f.role == WS_CLIENT)
		take_key(w->of, f.key);
	return f;
}

bool wsdata_control(struct wsock *w, enum ws_op op, struct bytes payload)
{
	struct ws_frame f = frame_of(w, op, payload.n);
	size_t head = ws_head_size(f.role, f.n);
	struct span room = stream_reserve(wslot_below(w), head + f.n);

	if (!room.p)
		return false;
	if (f.n)
		memcpy(room.p + head, payload.p, f.n);
	ws_seal(room.p, &f);
	stream_commit(wslot_below(w), head + f.n);
	w->since = w->of->net->loop->now;
	return true;
}

bool wsdata_close(struct wsock *w, uint16_t code)
{
	uint8_t payload[2];
	struct bytes said = { payload, ws_close(payload, code) };

	w->said.close = w->said.close || wsdata_control(w, WS_CLOSE, said);
	return w->said.close;
}

void wsdata_settle(struct wsock *w)
{
	const struct bytes ping = { w->said.ping, w->said.n };
	const struct bytes empty = { NULL, 0 };

	if (w->said.close)
		return;
	if (w->said.pong)
		w->said.pong = !wsdata_control(w, WS_PONG, ping);
	if (w->said.finishing && !w->said.end)
		w->said.end = wsdata_control(w, WS_BINARY, empty);
}

/* ---- what comes ---- */

/* What is heard already is slid up against what has come to it. */
static void join(struct wsock *w, struct span in, struct span data)
{
	size_t before = (size_t)(data.p - in.p) - w->text;

	if (before) {
		memmove(in.p + before, in.p, w->text);
		stream_take(wslot_below(w), before);
	}
	w->text += (uint32_t)data.n;
	w->tail = 0;
}

/* So many bytes behind the text are of no use. */
static void pass(struct wsock *w, size_t n)
{
	w->tail += (uint32_t)n;
	if (w->text)
		return;
	stream_take(wslot_below(w), w->tail);
	w->tail = 0;
}

/* Of two pings the later one counts (RFC 6455 5.5.3). */
static void owe_pong(struct wsock *w, struct span ping)
{
	w->said.pong = true;
	w->said.n = (uint8_t)ping.n;
	memcpy(w->said.ping, ping.p, ping.n);
	wsdata_settle(w);
}

static void hear_close(struct wsock *w, uint16_t code)
{
	bool good = code == WS_NORMAL || code == WS_NONE;

	w->heard.close = true;
	if (w->state == WSOCK_CLOSES)
		return;
	if (w->said.finishing)
		wsdata_settle(w); /* the end, if there is room: then ours */
	wsdata_close(w, code);
	if (!good && !w->heard.end)
		wslot_fail(w, -NAT_ECLOSED, WS_FINE);
	else
		wslot_tell(w);
}

static void hear_control(struct wsock *w, const struct ws_part *part)
{
	if (part->op == WS_PING)
		owe_pong(w, part->data);
	else if (part->op == WS_CLOSE)
		hear_close(w, part->code);
}

/* Only an empty message is an end, and nothing comes behind it. */
static bool hear_data(struct wsock *w, const struct ws_part *part)
{
	if (w->heard.end)
		return false;
	w->heard.some = w->heard.some || part->data.n > 0;
	w->heard.end = part->ends && !w->heard.some;
	if (part->ends)
		w->heard.some = false;
	return true;
}

/* The next frame, or what is here of it, behind what is heard already; *in: all
 * that is here. Its bytes, or 0.
 */
static long hear(struct wsock *w, struct span *in, struct ws_part *part)
{
	size_t at = w->text + w->tail, had;
	long n;

	*in = stream_peek(wslot_below(w), at + 1);
	do {
		had = in->n;
		if (had <= at)
			return 0;
		n = ws_hear(&w->in, (struct span){ in->p + at, had - at },
			    part);
		if (n == 0)
			*in = stream_peek(wslot_below(w), had + 1);
	} while (n == 0 && in->n > had);
	return n;
}

/* Nothing more comes: was that all? Both sides may have left without Close. */
static void look_for_end(struct wsock *w)
{
	if (!wslot_below(w)->ended)
		return;
	if (!w->heard.end && !w->heard.close)
		wslot_fail(w, -NAT_ECLOSED, WS_FINE);
}

/* False: there is none, or no more. */
static bool hear_next(struct wsock *w)
{
	struct ws_part part;
	struct span in;
	long n;

	if (w->state != WSOCK_OPEN || w->heard.close)
		return false;
	n = hear(w, &in, &part);
	if (n < 0)
		wslot_fail(w, -NAT_EPROTO, w->in.code);
	else if (n == 0)
		look_for_end(w);
	if (n <= 0)
		return false;
	if (part.op == WS_BINARY && !hear_data(w, &part)) {
		wslot_fail(w, -NAT_EPROTO, WS_BROKEN);
		return false;
	}
	if (part.op == WS_BINARY && part.data.n) {
		join(w, in, part.data);
		return true;
	}
	if (part.op >= WS_CLOSE)
		hear_control(w, &part);
	pass(w, (size_t)n);
	return true;
}

struct span wsdata_peek(struct wsock *w, size_t least)
{
	while (w->text < least && hear_next(w))
		;
	w->veil.above->stream.ended = w->heard.end || w->heard.close;
	if (w->text == 0)
		return nothing;
	return (struct span){ stream_peek(wslot_below(w), 1).p, w->text };
}

void wsdata_take(struct wsock *w, size_t n)
{
	w->text -= (uint32_t)n;
	if (w->text == 0) {
		n += w->tail;
		w->tail = 0;
	}
	stream_take(wslot_below(w), n);
}

void wsdata_drain(struct wsock *w)
{
	struct ws_part part;
	struct span in;
	long n = 1;

	if (w->text + w->tail)
		stream_take(wslot_below(w), w->text + w->tail);
	w->text = w->tail = 0;
	while (n > 0 && (n = hear(w, &in, &part)) > 0) {
		w->heard.close = w->heard.close || part.op == WS_CLOSE;
		stream_take(wslot_below(w), (size_t)n);
	}
	while (n < 0 && (in = stream_peek(wslot_below(w), 1)).p)
		stream_take(wslot_below(w), in.n);
}

/* ---- what goes ---- */

/* For one that takes what there is, few bytes are not worth a frame as long as
 * others are on their way.
 */
static struct span room_below(struct wsock *w, size_t least, size_t head)
{
	struct stream *s = wslot_below(w);
	struct span room;

	if (least > 1)
		return stream_reserve(s, least + head);
	room = stream_reserve(s, 1);
	if (!room.p || room.n >= OUT_LEAST)
		return room;
	stream_commit(s, 0);
	return tcp_owes_out(veil_under(&w->veil.tcp))
		       ? nothing
		       : stream_reserve(s, OUT_LEAST);
}

struct span wsdata_reserve(struct wsock *w, size_t least)
{
	size_t all = least > OUT_MOST ? least : OUT_MOST;
	size_t head = ws_head_size(wslot_role(w), all);

	if (w->state == WSOCK_OPEN && w->said.close && !w->said.finishing)
		wslot_fail(w, -NAT_ERESET, WS_FINE); /* nobody hears it */
	if (w->state != WSOCK_OPEN || w->said.finishing)
		return nothing;
	w->out = room_below(w, least, head);
	if (!w->out.p)
		return nothing;
	w->out_head = (uint8_t)head;
	return (struct span){ w->out.p + head, min_size(w->out.n - head, all) };
}

/* Its head may be shorter than what was kept for it. */
void wsdata_commit(struct wsock *w, size_t n)
{
	struct ws_frame f;
	size_t head;

	if (n == 0) {
		stream_commit(wslot_below(w), 0);
		return;
	}
	f = frame_of(w, WS_BINARY, n);
	head = ws_head_size(f.role, n);
	if (head < w->out_head)
		memmove(w->out.p + head, w->out.p + w->out_head, n);
	ws_seal(w->out.p, &f);
	stream_commit(wslot_below(w), head + n);
	w->since = w->of->net->loop->now;
}
