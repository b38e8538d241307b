#include "app/relay/bodies.h"
#include "app/relay/allowance.h"

/* False: no room now. */
static bool put_some(const struct bodies_way *w, const struct body_part *part)
{
	size_t least = w->flow->out == BODY_CHUNKED ? BODY_FRAME + 1 : 1;
	struct bytes some = { part->data.p,
			      min_size(part->data.n, allowance_may(w->by)) };
	struct span room = { NULL, 0 };
	size_t n, used;

	if (some.n)
		room = stream_reserve(w->to, least);
	if (!room.p)
		return false;
	n = body_put(room, (enum body_kind)w->flow->out, some, &used);
	stream_commit(w->to, used);
	body_took(&w->flow->body, n);
	stream_take(w->from, n);
	w->flow->left -= n;
	w->flow->moved += n;
	w->by->moved += n;
	allowance_took(w->by, n);
	return true;
}

static bool put_last(const struct bodies_way *w, const struct body_part *part)
{
	struct span room = stream_reserve(w->to, part->data.n + BODY_FRAME);
	struct fmt f = fmt_to(room);

	if (!room.p)
		return false;
	if (!w->flow->last)
		fmt_bytes(&f, BYTES("0\r\n"));
	w->flow->last = true;
	fmt_bytes(&f, part->what == BODY_END ? BYTES("\r\n") : part->data);
	stream_commit(w->to, f.n);
	return true;
}

/* A trailer, or the end; to those who cannot hear of trailers there are none. */
static bool put_rest(const struct bodies_way *w, const struct body_part *part)
{
	struct web_flow *flow = w->flow;

	if (flow->out == BODY_CHUNKED && !put_last(w, part))
		return false;
	if (part->what == BODY_END) {
		flow->over = true;
		return true;
	}
	body_took(&flow->body, part->data.n);
	stream_take(w->from, part->data.n);
	return true;
}

/* The next part that is here; END too where only the end of the connection says
 * so. What frames it is taken, and the part is looked at anew.
 */
static int next_part(const struct bodies_way *w, struct body_part *part)
{
	struct body *b = &w->flow->body;
	size_t least = 1;

	for (;;) {
		struct span in = { NULL, 0 };

		if (!body_over(b))
			in = stream_peek(w->from, least);
		if (body_next(b, bytes_in(in), part) < 0)
			return -NAT_EPROTO;
		if (part->skip)
			stream_take(w->from, part->skip);
		if (part->what == BODY_MORE && !part->skip && in.n < least)
			break;
		if (part->what != BODY_MORE &&
		    (part->what == BODY_END || !part->skip))
			return 0;
		least = part->skip ? 1 : in.n + 1;
	}
	if (b->kind == BODY_CLOSE && w->from->ended)
		part->what = BODY_END;
	return 0;
}

int bodies_move(const struct bodies_way *w)
{
	struct body_part part;
	int rc;

	w->flow->stuck = false;
	while (!w->flow->over) {
		rc = next_part(w, &part);
		if (rc < 0)
			return rc;
		if (part.what == BODY_MORE)
			return 0;
		if (part.what == BODY_SOME && part.data.n > w->flow->left)
			return -NAT_EROOM;
		if (part.what == BODY_SOME ? !put_some(w, &part)
					   : !put_rest(w, &part)) {
			w->flow->stuck = true;
			return 0;
		}
	}
	return 1;
}
