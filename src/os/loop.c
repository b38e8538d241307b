#include "os/loop.h"
#include "os/backend.h"
#include "os/clock.h"

enum { RETRY_MS = 100 }; /* for interest that the kernel refused to note */

static bool sooner(const struct heap_node *a, const struct heap_node *b)
{
	const struct timer *x = container_of(a, const struct timer, node);
	const struct timer *y = container_of(b, const struct timer, node);

	return x->when < y->when;
}

int loop_open(struct loop *l, int most_fd)
{
	*l = (struct loop){ .now = clock_ms(), .wait_fd = -1 };
	heap_init(&l->timers, sooner);
	list_init(&l->soons);
	list_init(&l->dirty);
	return backend_open(l, most_fd);
}

void loop_close(struct loop *l)
{
	backend_close(l);
}

/* Up to a mark: those that they start are for the next turn. */
static void run_soons(struct loop *l)
{
	struct list mark;

	list_append(&l->soons, &mark);
	while (l->soons.next != &mark && !l->quit) {
		struct soon *s = container_of(l->soons.next, struct soon, node);

		list_remove(&s->node);
		s->run(s);
	}
	list_remove(&mark);
}

static void run_timers(struct loop *l)
{
	while (l->timers.root && !l->quit) {
		struct timer *t =
			container_of(l->timers.root, struct timer, node);

		if (t->when > l->now)
			return;
		timer_stop(t, l);
		t->fire(t);
	}
}

static void run_batch(struct loop *l)
{
	for (int i = 0; i < l->nbatch && !l->quit; i++) {
		struct io *io = l->batch[i];
		unsigned what = io ? l->what[i] & io->want : 0;

		if (what)
			io->ready(io, what);
	}
	l->nbatch = 0;
}

/* What the kernel refuses stays in the list and is tried again. */
static void apply_interest(struct loop *l)
{
	struct list todo;

	list_move(&todo, &l->dirty);
	while (!list_alone(&todo)) {
		struct io *io = container_of(todo.next, struct io, dirty);

		list_remove(&io->dirty);
		if (io->want == io->armed && !io->moved)
			continue;
		if (backend_arm(l, io) < 0) {
			list_append(&l->dirty, &io->dirty);
			continue;
		}
		io->armed = io->want;
		io->moved = false;
	}
}

static int patience(const struct loop *l)
{
	int64_t ms = INT64_MAX;

	if (!list_alone(&l->soons))
		return 0;
	if (!list_alone(&l->dirty))
		ms = RETRY_MS;
	if (l->timers.root) {
		const struct timer *t =
			container_of(l->timers.root, const struct timer, node);
		int64_t left = t->when > l->now ? t->when - l->now : 0;

		ms = left < ms ? left : ms;
	}
	if (ms == INT64_MAX)
		return -1;
	return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

int loop_run(struct loop *l)
{
	while (!l->quit) {
		int rc;

		run_soons(l);
		if (l->quit)
			break;
		apply_interest(l);
		rc = backend_wait(l, patience(l));
		if (rc < 0)
			return rc;
		l->now = clock_ms();
		run_batch(l);
		run_timers(l);
	}
	return 0;
}

void io_init(struct io *io, void (*ready)(struct io *, unsigned))
{
	*io = (struct io){ .ready = ready, .fd = -1 };
	list_init(&io->dirty);
}

void io_start(struct io *io, struct loop *l, int fd, unsigned want)
{
	io->loop = l;
	io->fd = fd;
	l->watched++;
	io_want(io, want);
}

void io_want(struct io *io, unsigned want)
{
	io->want = (uint8_t)want;
	if (want != io->armed && list_alone(&io->dirty))
		list_append(&io->loop->dirty, &io->dirty);
}

static void replace_in_batch(struct loop *l, struct io *from, struct io *to)
{
	for (int i = 0; i < l->nbatch; i++)
		if (l->batch[i] == from)
			l->batch[i] = to;
}

void io_stop(struct io *io)
{
	struct loop *l = io->loop;

	if (!l)
		return;
	list_remove(&io->dirty);
	io->want = 0;
	if (io->armed && backend_arm(l, io) == 0)
		io->armed = 0;
	replace_in_batch(l, io, NULL);
	io->loop = NULL;
	l->watched--;
}

void io_move(struct io *to, struct io *from)
{
	struct loop *l = from->loop;

	to->loop = l;
	to->fd = from->fd;
	to->want = from->want;
	to->armed = from->armed;
	to->moved = from->armed != 0;
	replace_in_batch(l, from, to);
	list_remove(&from->dirty);
	list_append(&l->dirty, &to->dirty);
	from->armed = from->want = 0;
	from->loop = NULL;
}

void timer_init(struct timer *t, void (*fire)(struct timer *))
{
	*t = (struct timer){ .fire = fire };
}

/* Never within the same turn, or a timer that restarts itself would spin. */
void timer_start(struct timer *t, struct loop *l, int64_t when)
{
	timer_stop(t, l);
	t->when = when > l->now ? when : l->now + 1;
	heap_put(&l->timers, &t->node);
}

void timer_stop(struct timer *t, struct loop *l)
{
	heap_remove(&l->timers, &t->node);
}

void soon_init(struct soon *s, void (*run)(struct soon *))
{
	s->run = run;
	list_init(&s->node);
}

void soon_start(struct soon *s, struct loop *l)
{
	if (list_alone(&s->node))
		list_append(&l->soons, &s->node);
}

void soon_stop(struct soon *s)
{
	list_remove(&s->node);
}
