#include "net/framed.h"
#include "base/cur.h"

bool framed_put(struct stream *s, struct bytes d)
{
	struct span to = stream_reserve(s, FRAMED_HEAD + d.n);

	if (!to.p)
		return false;
	to.p[0] = (uint8_t)(d.n >> 8);
	to.p[1] = (uint8_t)d.n;
	if (d.n)
		memcpy(to.p + FRAMED_HEAD, d.p, d.n);
	stream_commit(s, FRAMED_HEAD + d.n);
	return true;
}

bool framed_peek(struct stream *s, struct bytes *d)
{
	struct span in = stream_peek(s, FRAMED_HEAD);
	struct cur c = cur_of(bytes_in(in));
	size_t n = (size_t)cur_u8(&c) << 8;

	n |= cur_u8(&c);
	if (c.bad)
		return false;
	if (cur_left(&c) < n)
		c = cur_of(bytes_in(stream_peek(s, FRAMED_HEAD + n)));
	else
		c = cur_of(bytes_in(in));
	cur_bytes(&c, FRAMED_HEAD);
	*d = cur_bytes(&c, n);
	return !c.bad;
}

void framed_take(struct stream *s, struct bytes d)
{
	stream_take(s, FRAMED_HEAD + d.n);
}

bool framed_hold(struct net *net, struct buf **held, struct bytes d)
{
	size_t need = FRAMED_HEAD + d.n;
	struct buf *b = *held;

	if (!b)
		b = *held = bufs_get(net, pool_class_of(need), POOL_IN);
	if (!b || b->size - b->end < need)
		return false;
	b->p[b->end] = (uint8_t)(d.n >> 8);
	b->p[b->end + 1] = (uint8_t)d.n;
	if (d.n)
		memcpy(b->p + b->end + FRAMED_HEAD, d.p, d.n);
	b->end += (uint32_t)need;
	return true;
}

bool framed_release(struct net *net, struct buf **held, struct stream *s)
{
	struct buf *b = *held;
	struct span to;

	if (!b)
		return true;
	to = stream_reserve(s, b->end);
	if (to.p) {
		memcpy(to.p, b->p, b->end);
		stream_commit(s, b->end);
	}
	bufs_put(net, b);
	*held = NULL;
	return to.p;
}
