#include "rig.h"
#include "net/bufs.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 4,
					  .pipe_size = 65536 };

enum { SLABS = (1 << 20) / POOL_SLAB, KEPT = SLABS / 4, MOST = 64 };

static struct rig rig;

/* ---- waiting ---- */

struct waiter {
	struct buf_wait wait;
	struct soon busy;
	struct waiter **victim; /* stopped and gone when this one is told */
	struct buf *got;
	int told;
	bool greedy; /* gives back at once what it got */
	enum pool_use use;
};

static char order[64]; /* who was told, by number */
static struct waiter *waiters[8];

static void told(struct buf_wait *w)
{
	struct waiter *me = container_of(w, struct waiter, wait);
	struct waiter **victim = me->victim;

	for (int i = 0; i < 8; i++)
		if (waiters[i] == me)
			order[strlen(order)] = (char)('0' + i);
	me->told++;
	me->got = bufs_get(&rig.net, POOL_68K, me->use);
	if (!me->got)
		bufs_wait(&rig.net, w);
	else if (me->greedy)
		bufs_put(&rig.net, me->got);
	if (victim && *victim) {
		struct waiter *v = *victim;

		*victim = NULL;
		buf_wait_stop(&v->wait);
		memset(v, 0xa5, sizeof *v);
		free(v);
	}
}

static void start_waiters(int n)
{
	memset(order, 0, sizeof order);
	for (int i = 0; i < n; i++) {
		waiters[i] = calloc(1, sizeof **waiters);
		assert_non_null(waiters[i]);
		buf_wait_init(&waiters[i]->wait, told);
		bufs_wait(&rig.net, &waiters[i]->wait);
		bufs_wait(&rig.net, &waiters[i]->wait);
	}
}

static void stop_waiters(void)
{
	for (int i = 0; i < 8; i++) {
		if (!waiters[i])
			continue;
		buf_wait_stop(&waiters[i]->wait);
		if (waiters[i]->got && !waiters[i]->greedy)
			bufs_put(&rig.net, waiters[i]->got);
		free(waiters[i]);
		waiters[i] = NULL;
	}
}

/* All that there is for input; how many. */
static int exhaust(struct buf **held)
{
	int n = 0;

	while ((held[n] = bufs_get(&rig.net, POOL_68K, POOL_IN)))
		n++;
	return n;
}

static void first_come_first_served(void **state)
{
	struct buf *held[MOST];
	int n;

	(void)state;
	rig_start(&rig, &limits, 100);
	n = exhaust(held);
	assert_int_equal(n, SLABS - KEPT);
	start_waiters(4);
	rig_run(&rig, 2);
	assert_string_equal(order, "");
	for (int i = 0; i < 4; i++) {
		bufs_put(&rig.net, held[--n]);
		assert_int_equal(waiters[i]->told, i);
		rig_run(&rig, 2);
		for (int k = 0; k < 4; k++)
			assert_int_equal(waiters[k]->got != NULL, k <= i);
	}
	assert_string_equal(order, "0123123233");
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	rig_run(&rig, 2);
	assert_string_equal(order, "0123123233");
	stop_waiters();
	rig_stop(&rig);
}

/* Who gives it back and takes it again, turn after turn, does not pass those who
 * wait.
 */
static void busy_one(struct soon *s)
{
	struct waiter *me = container_of(s, struct waiter, busy);

	me->told++;
	if (me->got)
		bufs_put(&rig.net, me->got);
	me->got = bufs_get(&rig.net, POOL_68K, POOL_IN);
	if (me->told < 50)
		soon_start(s, &rig.loop);
}

static void none_pushes_in(void **state)
{
	struct waiter busy = { 0 };
	struct buf *held[MOST];
	int n;

	(void)state;
	rig_start(&rig, &limits, 200);
	n = exhaust(held);
	busy.got = held[--n];
	start_waiters(1);
	soon_init(&busy.busy, busy_one);
	soon_start(&busy.busy, &rig.loop);
	rig_run(&rig, 5);
	assert_int_equal(busy.told, 50);
	assert_int_equal(waiters[0]->told, 1);
	assert_non_null(waiters[0]->got);
	assert_null(busy.got);
	stop_waiters();
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	rig_stop(&rig);
}

/* What is kept for output is had while input waits, and wakes nobody in vain
 * more than once for each that comes back.
 */
static void quarter_is_for_output(void **state)
{
	struct buf *held[MOST], *out[MOST];
	int n, k = 0;

	(void)state;
	rig_start(&rig, &limits, 100);
	n = exhaust(held);
	start_waiters(1);
	while ((out[k] = bufs_get(&rig.net, POOL_68K, POOL_OUT)))
		k++;
	assert_int_equal(k, KEPT);
	while (k > 0) {
		bufs_put(&rig.net, out[--k]);
		assert_true(rig_run(&rig, 2) <= 4);
		assert_null(waiters[0]->got);
	}
	assert_int_equal(waiters[0]->told, KEPT);
	stop_waiters();
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	rig_stop(&rig);
}

/* One that finds nothing does not end the round: the next, who may have it, has
 * it, and what one gives back at once is there for those behind.
 */
static void all_are_asked(void **state)
{
	struct buf *held[MOST], *out[MOST];
	int n, k = 0;

	(void)state;
	rig_start(&rig, &limits, 100);
	n = exhaust(held);
	while ((out[k] = bufs_get(&rig.net, POOL_68K, POOL_OUT)))
		k++;
	start_waiters(3);
	waiters[1]->use = waiters[2]->use = POOL_OUT;
	waiters[1]->greedy = waiters[2]->greedy = true;
	bufs_put(&rig.net, out[--k]);
	rig_run(&rig, 50);
	assert_string_equal(order, "0120");
	stop_waiters();
	while (n > 0)
		bufs_put(&rig.net, held[--n]);
	while (k > 0)
		bufs_put(&rig.net, out[--k]);
	rig_stop(&rig);
}

/* Each when told gives back what it got and ends another that is still to be
 * told; and the one before, itself and one already told.
 */
static void stopped_while_served(void **state)
{
	static const int victims[][4] = {
		{ 1, 2, 3, 0 },
		{ 3, 3, 3, 3 },
		{ 0, 1, 2, 3 },
		{ 3, 0, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(victims); i++) {
		struct buf *held[MOST];
		int n;

		rig_start(&rig, &limits, 100);
		n = exhaust(held);
		start_waiters(4);
		for (int k = 0; k < 4; k++) {
			waiters[k]->victim = &waiters[victims[i][k]];
			waiters[k]->greedy = true;
		}
		bufs_put(&rig.net, held[--n]);
		rig_run(&rig, 2);
		assert_true(strlen(order) >= 1 && strlen(order) <= 4);
		stop_waiters();
		while (n > 0)
			bufs_put(&rig.net, held[--n]);
		rig_stop(&rig);
	}
}

/* ---- going back to the system ---- */

static void skip_ahead(void)
{
	rig_clock.skipped += 10000;
	rig.loop.now = clock_ms();
	rig_run(&rig, 2);
}

static void idle_memory_goes_back(void **state)
{
	struct buf *a, *b, *c;

	(void)state;
	rig_start(&rig, &limits, 100);
	for (int round = 0; round < 3; round++) {
		a = bufs_get(&rig.net, POOL_68K, POOL_OUT);
		b = bufs_get(&rig.net, POOL_4K, POOL_OUT);
		c = bufs_get(&rig.net, POOL_68K, POOL_OUT);
		memset(a->p, 1, a->size);
		memset(b->p, 2, b->size);
		memset(c->p, 3, c->size);
		bufs_put(&rig.net, a);
		rig_run(&rig, 2);
		assert_int_equal(a->p[0], 1);
		assert_true(timer_runs(&rig.net.bufs.trim));
		skip_ahead();
		assert_false(timer_runs(&rig.net.bufs.trim));
		assert_int_equal(a->p[0], 0);
		assert_int_equal(a->p[69000], 0);
		assert_int_equal(b->p[0], 2);
		assert_int_equal(b->p[b->size - 1], 2);
		assert_int_equal(c->p[69000], 3);
		bufs_put(&rig.net, b);
		bufs_put(&rig.net, c);
		skip_ahead();
		assert_int_equal(b->p[0], 0);
		assert_int_equal(c->p[0], 0);
	}
	rig_stop(&rig);
}

/* 32 bits: what a product of sizes no longer holds is not taken for little. */
static void more_than_can_be_addressed(void **state)
{
	struct net_limits much = limits;

	(void)state;
	if (SIZE_MAX > UINT32_MAX)
		skip();
	much.memory = (uint64_t)UINT32_MAX + (1 << 22);
	rig_start(&rig, NULL, 100);
	assert_int_equal(net_start(&rig.net, &rig.loop, &rig.log, &much),
			 -NAT_EMEMORY);
	rig_stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_come_first_served),
		cmocka_unit_test(none_pushes_in),
		cmocka_unit_test(quarter_is_for_output),
		cmocka_unit_test(all_are_asked),
		cmocka_unit_test(stopped_while_served),
		cmocka_unit_test(idle_memory_goes_back),
		cmocka_unit_test(more_than_can_be_addressed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
