#include "fault.h"
#include "unit.h"
#include "base/err.h"

#define FAULT(s) container_of(s, struct fault, stream)
static const struct span nothing = { NULL, 0 };

static bool falls(struct fault *f, uint32_t of_1000)
{
	return of_1000 && unit_rand(&f->seed) % 1000 < of_1000;
}

/* 0..most */
static uint32_t up_to(struct fault *f, uint32_t most)
{
	return most ? unit_rand(&f->seed) % (most + 1) : 0;
}

static void owe(struct fault *f, unsigned what)
{
	f->owed |= what;
	if (!list_alone(&f->late.node))
		return;
	f->turns = up_to(f, f->conf.delay);
	soon_start(&f->late, f->loop);
}

/* What below has become, but for what is told in a wake. */
static void follow(struct fault *f)
{
	struct stream *s = &f->stream, *b = f->below;
	uint64_t most = f->conf.end_after;

	s->ended = b->ended || (most && f->taken >= most);
	s->finished = b->finished;
	if (b->err && !s->err) {
		s->err = b->err;
		owe(f, STREAM_DOWN);
	}
}

/* Counts an op. False: it finds an error. */
static bool op(struct fault *f)
{
	if (++f->ops == f->conf.fail_at && !f->stream.err) {
		f->stream.err = f->conf.err ? f->conf.err : -NAT_EIO;
		owe(f, STREAM_DOWN);
	}
	return !f->stream.err;
}

static bool whole(const struct fault *f)
{
	return f->stream.ops->kind != STREAM_BYTES;
}

/* How much of n to show. */
static size_t part(struct fault *f, size_t n, size_t least)
{
	size_t some = f->conf.split ? 1 + up_to(f, f->conf.split - 1) : n;

	if (whole(f) || n < least)
		return n;
	if (some < least)
		some = least;
	return min_size(n, some > f->shown ? some : f->shown);
}

static struct span fault_peek(struct stream *s, size_t least)
{
	struct fault *f = FAULT(s);
	uint64_t left = f->conf.end_after - f->taken;
	bool refused = !f->below->ended && falls(f, f->conf.refuse);
	struct span in;

	if (!op(f) || (f->conf.end_after && left == 0))
		return nothing;
	if (refused) {
		owe(f, STREAM_IN);
		least = f->shown;
	}
	in = least ? stream_peek(f->below, least) : nothing;
	follow(f);
	if (s->err || !in.p)
		return nothing;
	in.n = refused ? min_size(in.n, least) : part(f, in.n, least);
	if (f->conf.end_after && in.n > left)
		in.n = (size_t)left;
	f->shown = in.n;
	return in;
}

static void fault_take(struct stream *s, size_t n)
{
	struct fault *f = FAULT(s);

	if (!op(f))
		return;
	stream_take(f->below, n);
	f->taken += n;
	f->shown -= n;
	follow(f);
}

static struct span fault_reserve(struct stream *s, size_t least)
{
	struct fault *f = FAULT(s);
	struct span out;

	if (!op(f))
		return nothing;
	if (falls(f, f->conf.refuse)) {
		owe(f, STREAM_OUT);
		return nothing;
	}
	out = stream_reserve(f->below, least);
	follow(f);
	if (out.p && !whole(f) && f->conf.split)
		out.n = min_size(out.n, least + up_to(f, f->conf.split - 1));
	return out;
}

static void fault_commit(struct stream *s, size_t n)
{
	struct fault *f = FAULT(s);
	bool lost = s->ops->kind == STREAM_LOSSY && falls(f, f->conf.drop);

	f->dropped += lost;
	stream_commit(f->below, op(f) && !lost ? n : 0);
	follow(f);
}

static void fault_finish(struct stream *s)
{
	struct fault *f = FAULT(s);

	if (op(f))
		stream_finish(f->below);
}

static void fault_stop(struct stream *s, bool reset)
{
	struct fault *f = FAULT(s);

	soon_stop(&f->late);
	stream_stop(f->below, reset);
}

#define OPS(word, is) \
	{ \
		.name = (word), .kind = (is), .peek = fault_peek, \
		.take = fault_take, .reserve = fault_reserve, \
		.commit = fault_commit, .finish = fault_finish, \
		.stop = fault_stop \
	}

static const struct stream_ops fault_ops[] = {
	[STREAM_BYTES] = OPS("faulty bytes", STREAM_BYTES),
	[STREAM_MSGS] = OPS("faulty messages", STREAM_MSGS),
	[STREAM_LOSSY] = OPS("faulty lossy messages", STREAM_LOSSY),
};

/* ---- wakes ---- */

static void say(struct fault *f, unsigned what)
{
	if (f->told_down)
		return;
	if (what & STREAM_DOWN)
		f->told_down = true;
	else if (falls(f, f->conf.vain))
		owe(f, STREAM_IN | STREAM_OUT);
	STREAM_WAKE(&f->stream, what);
}

static void late(struct soon *s)
{
	struct fault *f = container_of(s, struct fault, late);
	unsigned what = f->owed;

	if (f->turns > 0) {
		f->turns--;
		soon_start(&f->late, f->loop);
		return;
	}
	f->owed = 0;
	follow(f);
	say(f, what);
}

static void wake(struct waker *w, unsigned what)
{
	struct fault *f = container_of(w, struct fault, from_below);
	unsigned now = f->stream.ops->kind == STREAM_LOSSY ? STREAM_IN : 0;

	follow(f);
	if (f->conf.delay == 0)
		now = ~0u;
	if (what & ~now)
		owe(f, what & ~now);
	if (what & now)
		say(f, what & now);
}

void fault_start(struct fault *f, struct loop *l, struct stream *below,
		 const struct fault_conf *conf, uint64_t seed, struct waker *up)
{
	*f = (struct fault){
		.below = below, .loop = l, .conf = *conf, .seed = seed
	};
	f->stream = (struct stream){ .ops = &fault_ops[below->ops->kind],
				     .up = up,
				     .most_in = below->most_in,
				     .most_out = below->most_out };
	soon_init(&f->late, late);
	f->from_below.wake = wake;
	below->up = &f->from_below;
	follow(f);
}
