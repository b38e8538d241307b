#include "app/natpass/inlet.h"
#include "wire/natpass.h"

void inlet_start(struct inlet *i, struct net *net, struct stream *from,
		 void (*ready)(struct buf_wait *))
{
	*i = (struct inlet){ .net = net, .from = from };
	buf_wait_init(&i->wait, ready);
}

static void drop(struct inlet *i)
{
	if (i->whole)
		bufs_put(i->net, i->whole);
	i->whole = NULL;
}

void inlet_stop(struct inlet *i)
{
	buf_wait_stop(&i->wait);
	drop(i);
}

/* False: more must come. */
static bool gather(struct inlet *i, size_t all)
{
	struct buf *b = i->whole;
	struct span in;

	while (b->end < all && (in = stream_peek(i->from, 1)).p) {
		size_t n = min_size(in.n, all - b->end);

		memcpy(b->p + b->end, in.p, n);
		b->end += (uint32_t)n;
		stream_take(i->from, n);
	}
	return b->end == all;
}

/* Of all bytes, where they are together; p NULL: more must come, or memory. */
static struct bytes frame_of(struct inlet *i, size_t all)
{
	struct span in;

	if (!i->whole && all <= i->from->most_in) {
		in = stream_peek(i->from, all);
		return (struct bytes){ in.n < all ? NULL : in.p, all };
	}
	if (!i->whole)
		i->whole = bufs_get(i->net, POOL_68K, POOL_IN);
	if (!i->whole) {
		bufs_wait(i->net, &i->wait);
		return (struct bytes){ NULL, 0 };
	}
	return (struct bytes){ gather(i, all) ? i->whole->p : NULL, all };
}

int inlet_next(struct inlet *i, size_t most, struct bytes *message)
{
	struct bytes head = { NULL, 0 }, frame;
	size_t all;
	int rc;

	if (i->whole)
		head = (struct bytes){ i->whole->p, i->whole->end };
	if (head.n < NATPASS_HEAD)
		head = bytes_in(stream_peek(i->from, NATPASS_HEAD));
	if (head.n < NATPASS_HEAD)
		return 0;
	all = natpass_least(head);
	if (all > most)
		return -NAT_EROOM;
	frame = frame_of(i, all);
	if (!frame.p)
		return 0;
	rc = natpass_frame(frame, message);
	if (rc < 0)
		*message = (struct bytes){ frame.p + NATPASS_HEAD,
					   all - NATPASS_HEAD };
	return rc;
}

void inlet_take(struct inlet *i, struct bytes message)
{
	if (i->whole)
		drop(i);
	else
		stream_take(i->from, NATPASS_HEAD + message.n);
}
