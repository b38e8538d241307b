#include "net/wstext.h"
#include "os/rand.h"

static struct stream *below(const struct wstext *w)
{
	return &w->tcp->stream;
}

void wstext_start(struct wstext *w, struct tcp *tcp, enum ws_role role,
		  uint32_t most)
{
	*w = (struct wstext){ .tcp = tcp };
	w->in = (struct ws_in){ .role = role, .texts = true, .most = most };
}

/* ---- saying ---- */

static bool say(struct wstext *w, enum ws_op op, struct bytes b)
{
	struct ws_frame f = { .role = w->in.role, .op = op, .n = b.n };
	size_t head = ws_head_size(f.role, b.n);
	struct span room = { NULL, 0 };

	if (!w->closed)
		room = stream_reserve(below(w), head + b.n);
	if (!room.p)
		return false;
	if (f.role == WS_CLIENT)
		rand_fill(SPAN(f.key));
	if (b.n)
		memcpy(room.p + head, b.p, b.n);
	ws_seal(room.p, &f);
	stream_commit(below(w), head + b.n);
	return true;
}

bool wstext_say(struct wstext *w, struct bytes message)
{
	return say(w, WS_TEXT, message);
}

bool wstext_ping(struct wstext *w)
{
	return say(w, WS_PING, BYTES(""));
}

void wstext_close(struct wstext *w, enum ws_code code)
{
	uint8_t payload[2];
	struct bytes said = { payload, ws_close(payload, (uint16_t)code) };

	w->closed = say(w, WS_CLOSE, said) || w->closed;
}

void wstext_settle(struct wstext *w)
{
	if (w->pong)
		w->pong =
			!say(w, WS_PONG, (struct bytes){ w->ping, w->ping_n });
}

/* ---- hearing ---- */

/* The next frame, or what is here of it, behind what is heard already; *in: all
 * that is here. Its bytes, or 0; less: it broke a rule.
 */
static long next(struct wstext *w, struct span *in, struct ws_part *part)
{
	size_t at = w->text + w->tail, had;
	long n;

	*in = stream_peek(below(w), at + 1);
	do {
		had = in->n;
		if (had <= at)
			return 0;
		n = ws_hear(&w->in, (struct span){ in->p + at, had - at },
			    part);
		if (n == 0)
			*in = stream_peek(below(w), had + 1);
	} while (n == 0 && in->n > had);
	return n;
}

/* What is heard already is slid up against what has come to it. */
static void join(struct wstext *w, struct span in, struct span data)
{
	size_t before = (size_t)(data.p - in.p) - w->text;

	if (before) {
		memmove(in.p + before, in.p, w->text);
		stream_take(below(w), before);
	}
	w->text += (uint32_t)data.n;
	w->tail = 0;
}

/* So many bytes behind the text are of no use. */
static void pass(struct wstext *w, size_t n)
{
	w->tail += (uint32_t)n;
	if (w->text)
		return;
	stream_take(below(w), w->tail);
	w->tail = 0;
}

/* Of two pings the later one counts (RFC 6455 5.5.3). */
static void owe_pong(struct wstext *w, struct span ping)
{
	w->pong = true;
	w->ping_n = (uint8_t)ping.n;
	memcpy(w->ping, ping.p, ping.n);
}

static int fail(struct wstext *w, int err, uint16_t code)
{
	wstext_close(w, (enum ws_code)code);
	return err;
}

/* 0, or why it is over. The part's bytes may move with what is done first. */
static int hear(struct wstext *w, struct span in, const struct ws_part *part,
		long n)
{
	uint16_t code = part->code;

	if (part->op == WS_BINARY)
		return fail(w, -NAT_EPROTO, WS_UNWANTED);
	if (part->op == WS_CLOSE)
		return fail(w, -NAT_ECLOSED, code);
	if (part->op == WS_PING)
		owe_pong(w, part->data);
	w->whole = part->op == WS_TEXT && part->ends;
	if (part->op == WS_TEXT && part->data.n)
		join(w, in, part->data);
	else
		pass(w, (size_t)n);
	wstext_settle(w);
	return 0;
}

int wstext_hear(struct wstext *w, struct bytes *message)
{
	while (!w->whole) {
		struct ws_part part;
		struct span in;
		long n = next(w, &in, &part);
		int rc;

		if (n < 0)
			return fail(w, -NAT_EPROTO, w->in.code);
		if (n == 0)
			return below(w)->ended ? -NAT_ECLOSED : 0;
		rc = hear(w, in, &part, n);
		if (rc < 0)
			return rc;
	}
	*message = BYTES("");
	if (w->text)
		*message = (struct bytes){ stream_peek(below(w), w->text).p,
					   w->text };
	return 1;
}

void wstext_take(struct wstext *w)
{
	if (w->text + w->tail)
		stream_take(below(w), w->text + w->tail);
	w->text = w->tail = 0;
	w->whole = false;
}
