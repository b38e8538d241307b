#include "net/shape.h"

static void expect(struct shape *s)
{
	if (!list_alone(&s->waiting) && !timer_runs(&s->timer))
		timer_start(&s->timer, s->loop,
			    bucket_due(&s->bucket, s->loop->now));
}

/* One after the other, as long as there is something; who wants more than its part
 * stands at the end again.
 */
static void refilled(struct timer *t)
{
	struct shape *s = container_of(t, struct shape, timer);

	while (!list_alone(&s->waiting) &&
	       bucket_may(&s->bucket, s->loop->now)) {
		struct shaped *first =
			container_of(s->waiting.next, struct shaped, node);
		struct waker *up = first->from->up;

		list_remove(&first->node);
		up->wake(up, STREAM_IN);
	}
	expect(s);
}

void shape_set(struct shape *s, struct loop *loop, uint64_t rate)
{
	if (!s->loop) {
		list_init(&s->waiting);
		timer_init(&s->timer, refilled);
	}
	s->loop = loop;
	bucket_set(&s->bucket, rate, loop->now);
	if (!timer_runs(&s->timer))
		return;
	timer_start(&s->timer, loop, loop->now); /* by the new rate */
}

void shape_stop(struct shape *s)
{
	timer_stop(&s->timer, s->loop);
	s->bucket = (struct bucket){ .rate = 0 };
}

bool shape_lets(struct shape *a, struct shape *b, size_t n)
{
	if (!bucket_may(&a->bucket, a->loop->now) ||
	    !bucket_may(&b->bucket, b->loop->now))
		return false;
	bucket_take(&a->bucket, n);
	bucket_take(&b->bucket, n);
	return true;
}

void shaped_start(struct shaped *s, struct stream *from, struct shape *a,
		  struct shape *b)
{
	list_init(&s->node);
	s->from = from;
	s->by[0] = a;
	s->by[1] = b;
}

void shaped_stop(struct shaped *s)
{
	list_remove(&s->node);
}

static void await(struct shaped *s, struct shape *by)
{
	if (!list_alone(&s->node))
		return;
	list_append(&by->waiting, &s->node);
	expect(by);
}

size_t shaped_may(struct shaped *s)
{
	size_t most = SIZE_MAX;

	for (int i = 0; i < SHAPES && most; i++) {
		struct shape *by = s->by[i];

		most = min_size(most, bucket_may(&by->bucket, by->loop->now));
		if (!most)
			await(s, by);
	}
	return most;
}

void shaped_took(struct shaped *s, size_t n)
{
	for (int i = 0; i < SHAPES; i++)
		bucket_take(&s->by[i]->bucket, n);
}
