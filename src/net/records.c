#include "net/records.h"

/* A record of fewer bytes is not worth its head and tag while others leave. */
enum { OUT_LEAST = 512 };

static const struct span nothing = { NULL, 0 };

static struct stream *below(struct sealed *x)
{
	return &x->veil.tcp.stream;
}

/* ---- what comes ---- */

/* One that is too long is the engine's to refuse. */
struct span records_look(struct sealed *x, size_t n)
{
	struct span in = stream_peek(below(x), n + TLS_RECORD_HEAD);
	size_t all;

	if (in.n < n + TLS_RECORD_HEAD)
		return in;
	all = TLS_RECORD_HEAD + ((size_t)in.p[n + 3] << 8 | in.p[n + 4]);
	if (all > TLS_RECORD_MOST || in.n >= n + all)
		return in;
	if (n + all > below(x)->most_in)
		sealed_fail(x, -NAT_EROOM);
	return stream_peek(below(x), n + all);
}

/* Is there no whole record because there will be none any more? */
static void look_for_end(struct sealed *x)
{
	if (!x->tls.err && below(x)->ended)
		tls_cut(&x->tls);
	if (x->tls.err)
		sealed_fail(x, x->tls.err);
}

/* What is open already is slid up against the new text. */
static void join(struct sealed *x, struct span in, struct span text,
		 size_t used)
{
	size_t before = (size_t)(text.p - in.p) - x->text;

	memmove(in.p + before, in.p, x->text);
	x->tail = (uint32_t)(used - (size_t)(text.p - in.p) - text.n);
	x->text += (uint32_t)text.n;
	stream_take(below(x), before);
}

/* Opens the next record. False: there is none, or no more. */
static bool open_next(struct sealed *x)
{
	size_t at = x->text + x->tail;
	struct span in, text;
	long n;

	if (x->state != SEALED_OPEN || x->tls.ended)
		return false;
	in = records_look(x, at);
	if (in.n <= at || x->state != SEALED_OPEN) {
		look_for_end(x);
		return false;
	}
	n = tls_hear(&x->tls, (struct span){ in.p + at, in.n - at }, &text);
	if (n <= 0) {
		look_for_end(x);
		return false;
	}
	if (text.n) {
		join(x, in, text, at + (size_t)n);
		return true;
	}
	x->tail += (uint32_t)n;
	if (x->text == 0) {
		stream_take(below(x), x->tail);
		x->tail = 0;
	}
	sealed_say(x); /* or later: reserve says it first */
	x->veil.above->stream.ended = x->tls.ended;
	return true;
}

struct span records_peek(struct sealed *x, size_t least)
{
	while (x->text < least && open_next(x))
		;
	if (x->text == 0)
		return nothing;
	return (struct span){ stream_peek(below(x), 1).p, x->text };
}

void records_take(struct sealed *x, size_t n)
{
	x->text -= (uint32_t)n;
	if (x->text == 0) {
		n += x->tail;
		x->tail = 0;
	}
	stream_take(below(x), n);
}

/* ---- what goes ---- */

/* Text of a record that is full, and what stands around it; asked without a room,
 * in whose place x stands.
 */
static size_t most_of(struct sealed *x)
{
	struct span all = { (uint8_t *)x, TLS_RECORD_MOST + TLS_OVERHEAD };

	return tls_room(&x->tls, all).n;
}

static size_t around(struct sealed *x)
{
	struct span least = { (uint8_t *)x, TLS_OVERHEAD + 1 };

	return least.n - tls_room(&x->tls, least).n;
}

/* For one that takes what there is, less than OUT_LEAST is not worth a record as
 * long as others are on their way.
 */
static struct span room_below(struct sealed *x, size_t least)
{
	size_t records = (least - 1) / most_of(x) + 1;
	struct span room;

	if (least > 1)
		return stream_reserve(below(x), least + records * around(x));
	room = stream_reserve(below(x), 1);
	if (!room.p || room.n >= OUT_LEAST)
		return room;
	stream_commit(below(x), 0);
	return tcp_owes_out(&x->veil.tcp) ? nothing
					  : stream_reserve(below(x), OUT_LEAST);
}

/* Room for least more of what is kept until OPEN; a larger buffer if need be. */
static struct span keep_early(struct sealed *x, size_t least)
{
	struct buf *old = x->early, *new = old;
	size_t n = old ? old->end : 0;

	if (old && least == 1 && n == old->size)
		return nothing; /* no need for more */
	if (n + least > (old ? old->size : 0)) {
		new = pool_class_of(n + least) == POOL_CLASSES
			      ? NULL
			      : bufs_get(x->seals->net,
					 pool_class_of(n + least), POOL_OUT);
		if (!new)
			return nothing;
		if (old)
			memcpy(new->p, old->p, n);
		new->end = (uint32_t)n;
		records_forget(x);
		x->early = new;
	}
	return (struct span){ new->p + n, new->size - n };
}

void records_forget(struct sealed *x)
{
	if (x->early)
		bufs_put(x->seals->net, x->early);
	x->early = NULL;
}

struct span records_reserve(struct sealed *x, size_t least)
{
	struct span in;

	if (x->state < SEALED_OPEN && !x->finishing)
		return keep_early(x, least);
	if (x->state != SEALED_OPEN || x->finishing || x->early ||
	    (x->tls.to_say && !sealed_say(x)))
		return nothing;
	x->out = room_below(x, least);
	if (!x->out.p)
		return nothing;
	in = tls_room(&x->tls, x->out);
	in.n = in.n < least ? least : in.n;
	return in;
}

/* More than a record takes is parted, from behind, to make way for what stands
 * around each.
 */
void records_commit(struct sealed *x, size_t n)
{
	size_t most, step, done = 0;
	uint8_t *text;

	if (x->state < SEALED_OPEN) {
		x->early->end += (uint32_t)n;
		if (x->early->end == 0)
			records_forget(x);
		return;
	}
	most = most_of(x);
	step = most + around(x);
	text = tls_room(&x->tls, x->out).p;
	for (size_t i = n ? (n - 1) / most : 0; i > 0; i--)
		memmove(text + i * step, text + i * most,
			min_size(n - i * most, most));
	while (n > 0) {
		size_t k = min_size(n, most);
		struct span out = { x->out.p + done, x->out.n - done };

		done += tls_seal(&x->tls, out, k);
		n -= k;
	}
	stream_commit(below(x), done);
	if (x->tls.err)
		sealed_fail(x, x->tls.err);
}

/* As much as there is room for, in records of their own. */
static bool release_some(struct sealed *x, struct buf *early)
{
	struct span to = records_reserve(x, 1);
	size_t n = min_size(to.n, early->end - early->at);

	if (!to.p)
		return false;
	memcpy(to.p, early->p + early->at, n);
	records_commit(x, n);
	early->at += (uint32_t)n;
	return true;
}

bool records_release(struct sealed *x)
{
	struct buf *early = x->early;
	bool finishing = x->finishing, goes = true;

	if (!early)
		return true;
	x->early = NULL;
	x->finishing = false; /* this was said before */
	while (goes && early->at < early->end)
		goes = release_some(x, early);
	x->finishing = finishing;
	x->early = early;
	if (goes)
		records_forget(x);
	return goes;
}
