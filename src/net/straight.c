#include "net/straight.h"

/* Does it take bytes at once, from wherever they are? */
static bool is_free(const struct tcp *t)
{
	return tcp_is_bare(t) && !tcp_holds_out(t);
}

static bool comes(struct tcp *from, struct stream *to, size_t most, size_t *n)
{
	struct span room;

	*n = 0;
	if (!tcp_may_receive(from))
		return true;
	room = stream_reserve(to, 1);
	if (!room.p)
		return true;
	room.n = min_size(room.n, most);
	*n = tcp_receive(from, room);
	stream_commit(to, *n);
	return true;
}

static bool goes(struct stream *from, struct tcp *to, size_t most, size_t *n)
{
	struct span in = stream_peek(from, 1);

	if (in.n < STRAIGHT_LEAST || most < STRAIGHT_LEAST || !is_free(to))
		return false;
	*n = tcp_send(to, (struct bytes){ in.p, min_size(in.n, most) });
	if (*n > 0)
		stream_take(from, *n);
	return true;
}

bool straight(struct stream *from, struct stream *to, size_t most, size_t *n)
{
	struct tcp *in = tcp_of(from), *out = tcp_of(to);

	if (from->ops->kind != STREAM_BYTES || to->ops->kind != STREAM_BYTES)
		return false;
	if (in && !out && !tcp_holds_in(in))
		return comes(in, to, most, n);
	return !in && out && goes(from, out, most, n);
}

void straight_put(struct tcp *to, struct span room, struct bytes b)
{
	size_t n = 0;

	if (b.n >= STRAIGHT_LEAST && is_free(to))
		n = tcp_send(to, b);
	memcpy(room.p, b.p + n, b.n - n);
	stream_commit(&to->stream, b.n - n);
}
