#include "rig.h"

/* ---- readiness ---- */

struct seen {
	struct io io;
	struct rig *rig;
	unsigned what;
	int times, turn;
	bool quiet; /* wants nothing more once it was called */
};

static void seen_ready(struct io *io, unsigned what)
{
	struct seen *s = container_of(io, struct seen, io);

	s->what |= what;
	s->times++;
	s->turn = rig_clock.turns;
	if (s->quiet)
		io_want(io, 0);
	else
		s->rig->loop.quit = true;
}

static void see(struct seen *s, struct rig *r, int fd, unsigned want)
{
	*s = (struct seen){ .rig = r };
	io_init(&s->io, seen_ready);
	io_start(&s->io, &r->loop, fd, want);
}

enum peer { SILENT, SAYS, CLOSES, SHUTS };

static const struct {
	unsigned want;
	enum peer peer;
	bool full;
	unsigned told;
} rows[] = {
	{ LOOP_IN, SILENT, false, 0 },
	{ LOOP_IN, SAYS, false, LOOP_IN },
	{ LOOP_IN, SHUTS, false, LOOP_IN },
	{ LOOP_IN, CLOSES, false, LOOP_IN },
	{ LOOP_OUT, SILENT, false, LOOP_OUT },
	{ LOOP_OUT, SAYS, false, LOOP_OUT },
	{ LOOP_OUT, SILENT, true, 0 },
	{ LOOP_OUT, CLOSES, true, LOOP_OUT },
	{ LOOP_IN | LOOP_OUT, SILENT, true, 0 },
	{ LOOP_IN | LOOP_OUT, SAYS, true, LOOP_IN },
	{ LOOP_IN | LOOP_OUT, SAYS, false, LOOP_IN | LOOP_OUT },
	{ LOOP_IN | LOOP_OUT, CLOSES, false, LOOP_IN | LOOP_OUT },
	{ 0, SAYS, false, 0 },
	{ 0, CLOSES, false, 0 },
};

static void fill(int fd)
{
	static const uint8_t zeros[4096];

	while (write(fd, zeros, sizeof zeros) > 0)
		;
}

static void in_and_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rig r;
		struct seen s;
		int ends[2];

		rig_start(&r, NULL, 100);
		rig_pair(ends, 4096);
		see(&s, &r, ends[0], rows[i].want);
		if (rows[i].full)
			fill(ends[0]);
		if (rows[i].peer == SAYS)
			assert_int_equal(write(ends[1], "x", 1), 1);
		else if (rows[i].peer == SHUTS)
			shutdown(ends[1], SHUT_WR);
		else if (rows[i].peer == CLOSES)
			close(ends[1]);
		assert_true(rig_run(&r, 5) <= 3);
		assert_int_equal(s.what, rows[i].told);
		assert_int_equal(s.times, rows[i].told != 0);
		io_stop(&s.io);
		close(ends[0]);
		if (rows[i].peer != CLOSES)
			close(ends[1]);
		rig_stop(&r);
	}
}

/* A reader that is gone is an error of the writing end, not a readiness. */
static void error_is_what_is_wanted(void **state)
{
	struct rig r;
	struct seen s;
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	fill(ends[1]);
	see(&s, &r, ends[1], LOOP_OUT);
	close(ends[0]);
	rig_run(&r, 20);
	assert_false(r.late);
	assert_int_equal(s.what, LOOP_OUT);
	io_stop(&s.io);
	close(ends[1]);
	rig_stop(&r);
}

/* What is wanted can change any number of times; the kernel learns the last. */
static void interest_is_applied_before_the_wait(void **state)
{
	struct rig r;
	struct seen s;
	int ends[2], dirty = 0;

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(ends, 0);
	see(&s, &r, ends[0], LOOP_IN);
	rig_run(&r, 2);
	assert_int_equal(s.io.armed, LOOP_IN);
	for (int i = 0; i < 10; i++) {
		io_want(&s.io, 0);
		io_want(&s.io, LOOP_OUT);
		assert_int_equal(s.io.armed, LOOP_IN);
	}
	list_each (at, &r.loop.dirty)
		dirty++;
	assert_int_equal(dirty, 1);
	rig_run(&r, 2);
	assert_int_equal(s.io.armed, LOOP_OUT);
	assert_int_equal(s.what, LOOP_OUT);
	assert_true(list_alone(&r.loop.dirty));
	io_want(&s.io, LOOP_IN);
	io_want(&s.io, LOOP_OUT);
	rig_run(&r, 2);
	assert_int_equal(s.what, LOOP_OUT);
	io_stop(&s.io);
	assert_int_equal(s.io.armed, 0);
	close(ends[0]);
	close(ends[1]);
	rig_stop(&r);
}

static void hang_up_does_not_spin(void **state)
{
	struct rig r;
	struct seen s;
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	rig_tcp(ends, 0);
	see(&s, &r, ends[0], LOOP_IN);
	s.quiet = true;
	sock_close(ends[1], true);
	assert_true(rig_run(&r, 20) <= 4);
	assert_int_equal(s.times, 1);
	assert_true(rig_run(&r, 10) <= 3);
	assert_int_equal(s.times, 1);
	io_want(&s.io, LOOP_OUT);
	assert_true(rig_run(&r, 10) <= 4);
	assert_int_equal(s.times, 2);
	assert_true(s.what & LOOP_OUT);
	io_stop(&s.io);
	close(ends[0]);
	rig_stop(&r);
}

/* ---- stopping ---- */

enum kind { IO, TIMER, SOON, KINDS };

/* One handle of each kind, only one of which runs. */
struct one {
	struct rig *rig;
	struct one **all;
	struct io io;
	struct timer timer;
	struct soon soon;
	enum kind kind;
	int ends[2];
	int victim; /* among all: whom it stops when it runs */
};

static int ran; /* how many ones */

static void stop_one(struct one **at)
{
	struct one *o = *at;

	if (!o)
		return;
	io_stop(&o->io);
	timer_stop(&o->timer, &o->rig->loop);
	soon_stop(&o->soon);
	close(o->ends[0]);
	close(o->ends[1]);
	memset(o, 0xa5, sizeof *o);
	free(o);
	*at = NULL;
}

static void runs(struct one *o)
{
	struct one **all = o->all;
	int victim = o->victim;

	ran++;
	stop_one(&all[victim]);
}

static void one_ready(struct io *io, unsigned what)
{
	uint8_t byte;

	assert_int_equal(what, LOOP_IN);
	assert_int_equal(read(io->fd, &byte, 1), 1);
	runs(container_of(io, struct one, io));
}

static void one_fires(struct timer *t)
{
	runs(container_of(t, struct one, timer));
}

static void one_soon(struct soon *s)
{
	runs(container_of(s, struct one, soon));
}

static void start_one(struct one **at, struct one **all, struct rig *r,
		      enum kind kind)
{
	struct one *o = malloc(sizeof *o);

	assert_non_null(o);
	*o = (struct one){ .rig = r, .all = all, .kind = kind };
	io_init(&o->io, one_ready);
	timer_init(&o->timer, one_fires);
	soon_init(&o->soon, one_soon);
	rig_pair(o->ends, 0);
	assert_int_equal(write(o->ends[1], "x", 1), 1);
	if (kind == IO)
		io_start(&o->io, &r->loop, o->ends[0], LOOP_IN);
	else if (kind == TIMER)
		timer_start(&o->timer, &r->loop, r->loop.now);
	else
		soon_start(&o->soon, &r->loop);
	*at = o;
}

/* Each kind stops each kind, itself included, and the memory is gone. */
static void stops_anything_from_anywhere(void **state)
{
	(void)state;
	for (int i = 0; i < KINDS * KINDS * 2; i++) {
		enum kind a = i % KINDS, b = i / KINDS % KINDS;
		bool itself = i / KINDS / KINDS;
		struct one *all[2];
		struct rig r;

		rig_start(&r, NULL, 10000);
		start_one(&all[0], all, &r, a);
		start_one(&all[1], all, &r, b);
		all[0]->victim = itself ? 0 : 1;
		all[1]->victim = itself ? 1 : 0;
		ran = 0;
		rig_run(&r, 5);
		assert_int_equal(ran, itself ? 2 : 1);
		stop_one(&all[0]);
		stop_one(&all[1]);
		rig_stop(&r);
	}
}

/* A full batch, in which each stops another that may have been served or not;
 * the descriptors are reused at once by new handles that must be told too.
 */
static void stops_in_one_batch(void **state)
{
	enum { N = LOOP_BATCH };
	struct one *all[N + 1];
	uint64_t seed = 7;
	struct rig r;

	(void)state;
	for (int round = 0; round < 20; round++) {
		int left = 0;

		rig_start(&r, NULL, 10000);
		for (int i = 0; i < N; i++)
			start_one(&all[i], all, &r, IO);
		for (int i = 0; i < N; i++)
			all[i]->victim = (int)(unit_rand(&seed) % N);
		ran = 0;
		rig_run(&r, 2);
		assert_true(ran > 0);
		for (int i = 0; i < N; i++) {
			left += all[i] != NULL;
			stop_one(&all[i]);
		}
		assert_true(left < N);
		rig_stop(&r);
	}
}

/* ---- moving ---- */

struct mover {
	struct io io;
	struct io *from, *to; /* whom it moves when it runs, where to */
	int ran, turn;
};

static void mover_ready(struct io *io, unsigned what)
{
	struct mover *m = container_of(io, struct mover, io);
	struct io *from = m->from, *to = m->to;
	uint8_t byte;

	assert_int_equal(what, LOOP_IN);
	m->ran++;
	m->turn = rig_clock.turns;
	assert_int_equal(read(io->fd, &byte, 1), 1);
	if (!from)
		return;
	m->from = NULL;
	io_move(to, from);
	assert_null(from->loop);
	memset(from, 0xa5, sizeof *from);
}

/* a and b are ready at once; whichever runs first moves the other to c, which
 * is then called in the same turn, and in later ones.
 */
static void moves_a_pending_event(void **state)
{
	struct mover a = { 0 }, b = { 0 }, c = { 0 }, *first;
	int x[2], y[2];
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(x, 0);
	rig_pair(y, 0);
	io_init(&a.io, mover_ready);
	io_init(&b.io, mover_ready);
	io_init(&c.io, mover_ready);
	a.from = &b.io;
	b.from = &a.io;
	a.to = b.to = &c.io;
	io_start(&a.io, &r.loop, x[0], LOOP_IN);
	io_start(&b.io, &r.loop, y[0], LOOP_IN);
	assert_int_equal(write(x[1], "x", 1), 1);
	assert_int_equal(write(y[1], "y", 1), 1);
	rig_run(&r, 2);
	assert_int_equal(a.ran + b.ran, 1);
	first = a.ran ? &a : &b;
	assert_int_equal(c.ran, 1);
	assert_int_equal(c.turn, first->turn);
	assert_int_equal(write(x[1], "x", 1), 1);
	assert_int_equal(write(y[1], "y", 1), 1);
	rig_run(&r, 2);
	assert_int_equal(first->ran, 2);
	assert_int_equal(c.ran, 2);
	io_stop(&first->io);
	io_stop(&c.io);
	for (int i = 0; i < 2; i++) {
		close(x[i]);
		close(y[i]);
	}
	rig_stop(&r);
}

/* Itself, twice over, while it runs and while nothing is pending; one that
 * wants nothing stays so.
 */
static void moves_itself(void **state)
{
	struct mover a = { 0 }, b = { 0 }, c = { 0 };
	int ends[2];
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(ends, 0);
	io_init(&a.io, mover_ready);
	io_init(&b.io, mover_ready);
	io_init(&c.io, mover_ready);
	a.from = &a.io;
	a.to = &b.io;
	io_start(&a.io, &r.loop, ends[0], LOOP_IN);
	assert_int_equal(write(ends[1], "1", 1), 1);
	rig_run(&r, 2);
	assert_int_equal(a.ran, 1);
	assert_int_equal(b.ran, 0);
	assert_int_equal(write(ends[1], "2", 1), 1);
	rig_run(&r, 2);
	assert_int_equal(b.ran, 1);
	io_want(&b.io, 0);
	io_move(&c.io, &b.io);
	assert_int_equal(write(ends[1], "3", 1), 1);
	rig_run(&r, 2);
	assert_int_equal(c.ran, 0);
	io_want(&c.io, LOOP_IN);
	rig_run(&r, 2);
	assert_int_equal(c.ran, 1);
	io_init(&a.io, mover_ready);
	io_move(&a.io, &c.io);
	io_stop(&a.io);
	assert_true(rig_run(&r, 2) <= 2);
	close(ends[0]);
	close(ends[1]);
	rig_stop(&r);
}

/* ---- timers ---- */

enum { TIMERS = 64 };
struct clockwork {
	struct rig *rig;
	struct timer t[TIMERS];
	int64_t last;
	int fired, again;
	uint64_t seed;
};

static struct clockwork work;

static void tick(struct timer *t)
{
	size_t at = (size_t)(t - work.t);

	assert_false(timer_runs(t));
	assert_true(t->when >= work.last);
	assert_true(t->when <= work.rig->loop.now);
	work.last = t->when;
	work.fired++;
	if (at % 4 == 1)
		timer_stop(&work.t[(at + 1) % TIMERS], &work.rig->loop);
	if (at % 4 == 3 && work.again-- > 0)
		timer_start(t, &work.rig->loop,
			    work.rig->loop.now + unit_rand(&work.seed) % 4);
	if (work.last > work.rig->loop.now)
		work.last = work.rig->loop.now;
}

static void timers_in_order(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 10000);
	work = (struct clockwork){ .rig = &r, .again = 20, .seed = 5 };
	for (int i = 0; i < TIMERS; i++) {
		timer_init(&work.t[i], tick);
		timer_start(&work.t[i], &r.loop,
			    r.loop.now + 1 + unit_rand(&work.seed) % 10);
	}
	for (int i = 0; i < TIMERS; i += 4)
		timer_start(&work.t[i], &r.loop, r.loop.now + 3);
	while (r.loop.timers.root)
		rig_run(&r, 40);
	assert_int_equal(work.again, -1 * TIMERS / 4);
	assert_true(work.fired >= TIMERS * 3 / 4 + 20);
	assert_true(work.fired <= TIMERS + 20);
	rig_stop(&r);
}

static struct timer spinner;
static int spins, spin_turn;

static void spin(struct timer *t)
{
	struct loop *l = &work.rig->loop;

	assert_int_not_equal(rig_clock.turns, spin_turn);
	spin_turn = rig_clock.turns;
	if (++spins < 5)
		timer_start(t, l, l->now - 100);
	else
		l->quit = true;
}

/* One that restarts itself for the past fires once a turn and leaves time to
 * others; the wait does not end before its time.
 */
static void timer_restarts_itself(void **state)
{
	struct rig r;
	int64_t start;

	(void)state;
	rig_start(&r, NULL, 100);
	work.rig = &r;
	spins = spin_turn = 0;
	timer_init(&spinner, spin);
	timer_start(&spinner, &r.loop, r.loop.now + 10);
	start = r.loop.now;
	rig_run(&r, 1000);
	assert_int_equal(spins, 5);
	assert_true(r.loop.now >= start + 14);
	start = r.loop.now;
	rig_run(&r, 20);
	assert_true(r.loop.now >= start + 20);
	assert_int_equal(spins, 5);
	rig_stop(&r);
}

/* ---- soons ---- */

struct chain {
	struct soon soon;
	struct rig *rig;
	struct seen seen;
	int ran, turn;
};

static void chain_runs(struct soon *s)
{
	struct chain *c = container_of(s, struct chain, soon);

	assert_int_not_equal(c->turn, rig_clock.turns);
	c->turn = rig_clock.turns;
	if (++c->ran < 50)
		soon_start(s, &c->rig->loop);
}

/* Started by itself it runs once a turn, and events get through; nothing waits
 * while there is one.
 */
static void soon_of_soon_does_not_block(void **state)
{
	struct rig r;
	struct chain c = { .rig = &r };
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 200);
	rig_pair(ends, 0);
	see(&c.seen, &r, ends[0], LOOP_IN);
	c.seen.quiet = true;
	assert_int_equal(write(ends[1], "x", 1), 1);
	soon_init(&c.soon, chain_runs);
	soon_start(&c.soon, &r.loop);
	soon_start(&c.soon, &r.loop);
	assert_true(rig_run(&r, 20 * unit_slow()) >= 50);
	assert_int_equal(c.ran, 50);
	assert_int_equal(c.seen.times, 1);
	assert_true(c.seen.turn <= 3);
	io_stop(&c.seen.io);
	close(ends[0]);
	close(ends[1]);
	rig_stop(&r);
}

struct order {
	struct io io;
	struct timer timer;
	struct soon a, b;
	struct rig *rig;
	int at, said_a, said_b;
};

static void order_ready(struct io *io, unsigned what)
{
	struct order *o = container_of(io, struct order, io);

	(void)what;
	soon_start(&o->b, &o->rig->loop);
	soon_start(&o->a, &o->rig->loop);
	io_want(io, 0);
}

static void order_a(struct soon *s)
{
	struct order *o = container_of(s, struct order, a);

	o->said_a = ++o->at;
	assert_int_equal(rig_clock.turns, 2);
}

static void order_b(struct soon *s)
{
	struct order *o = container_of(s, struct order, b);

	o->said_b = ++o->at;
	assert_int_equal(rig_clock.turns, 2);
}

/* As they were started, after the events that started them and before the next
 * wait (which is where the clock is read).
 */
static void soons_run_before_the_wait(void **state)
{
	struct rig r;
	struct order o = { .rig = &r };
	int ends[2];

	(void)state;
	rig_start(&r, NULL, 100);
	rig_pair(ends, 0);
	soon_init(&o.a, order_a);
	soon_init(&o.b, order_b);
	io_init(&o.io, order_ready);
	io_start(&o.io, &r.loop, ends[0], LOOP_OUT);
	rig_run(&r, 2);
	assert_int_equal(o.said_b, 1);
	assert_int_equal(o.said_a, 2);
	io_stop(&o.io);
	close(ends[0]);
	close(ends[1]);
	rig_stop(&r);
}

/* ---- many ---- */

enum { MANY = 100 };

struct many {
	struct seen one[MANY];
	int ends[MANY][2];
	int calls;
};

static struct many many;

static void many_ready(struct io *io, unsigned what)
{
	struct seen *s = container_of(io, struct seen, io);

	(void)what;
	s->times++;
	if (++many.calls == 8 * MANY)
		s->rig->loop.quit = true;
}

/* Always ready, three batches of them: all get the same share. */
static void turns_are_fair(void **state)
{
	struct rig r;

	(void)state;
	rig_start(&r, NULL, 1000);
	many.calls = 0;
	for (int i = 0; i < MANY; i++) {
		rig_pair(many.ends[i], 0);
		assert_int_equal(write(many.ends[i][1], "x", 1), 1);
		see(&many.one[i], &r, many.ends[i][0], LOOP_IN);
		many.one[i].io.ready = many_ready;
	}
	rig_run(&r, 1000);
	assert_false(r.late);
	for (int i = 0; i < MANY; i++) {
		assert_in_range(many.one[i].times, 7, 9);
		io_stop(&many.one[i].io);
		close(many.ends[i][0]);
		close(many.ends[i][1]);
	}
	rig_stop(&r);
}

/* ---- quit ---- */

struct quitter {
	struct rig *rig;
	struct seen seen[2];
	struct timer timer[2];
	struct soon soon[2];
	int ran;
};

static struct quitter quitter;

static void quit_now(void)
{
	quitter.ran++;
	quitter.rig->loop.quit = true;
}

static void quit_ready(struct io *io, unsigned what)
{
	(void)what;
	io_want(io, 0);
	quit_now();
}

static void quit_fires(struct timer *t)
{
	(void)t;
	quit_now();
}

static void quit_soon(struct soon *s)
{
	(void)s;
	quit_now();
}

/* Two of each: every run ends after one callback, and loses none. */
static void quits_after_one(void **state)
{
	struct rig r;
	int ends[2][2];

	(void)state;
	rig_start(&r, NULL, 100);
	quitter = (struct quitter){ .rig = &r };
	for (int i = 0; i < 2; i++) {
		rig_pair(ends[i], 0);
		see(&quitter.seen[i], &r, ends[i][0], LOOP_OUT);
		quitter.seen[i].io.ready = quit_ready;
		timer_init(&quitter.timer[i], quit_fires);
		timer_start(&quitter.timer[i], &r.loop, r.loop.now);
		soon_init(&quitter.soon[i], quit_soon);
		soon_start(&quitter.soon[i], &r.loop);
	}
	for (int i = 1; i <= 6; i++) {
		rig_run(&r, 1000);
		assert_int_equal(quitter.ran, i);
	}
	rig_run(&r, 2);
	assert_int_equal(quitter.ran, 6);
	for (int i = 0; i < 2; i++) {
		io_stop(&quitter.seen[i].io);
		close(ends[i][0]);
		close(ends[i][1]);
	}
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_and_out),
		cmocka_unit_test(error_is_what_is_wanted),
		cmocka_unit_test(interest_is_applied_before_the_wait),
		cmocka_unit_test(hang_up_does_not_spin),
		cmocka_unit_test(stops_anything_from_anywhere),
		cmocka_unit_test(stops_in_one_batch),
		cmocka_unit_test(moves_a_pending_event),
		cmocka_unit_test(moves_itself),
		cmocka_unit_test(timers_in_order),
		cmocka_unit_test(timer_restarts_itself),
		cmocka_unit_test(soon_of_soon_does_not_block),
		cmocka_unit_test(soons_run_before_the_wait),
		cmocka_unit_test(turns_are_fair),
		cmocka_unit_test(quits_after_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
