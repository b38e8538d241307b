#include "rig.h"
#include "net/bufs.h"
#include "net/splice.h"

static const struct net_limits limits = { .memory = 1 << 20,
					  .pipes = 3,
					  .pipe_size = 65536 };

/* Pages of the address space in use. */
static long mapped(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long n = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &n), 1);
	fclose(f);
	return n;
}

/* All that it will ever have is had at the start: one descriptor kept in
 * reserve, the memory of the limits; all of it is given back.
 */
static void set_aside_at_start(void **state)
{
	struct rig r;
	struct net net;
	unsigned calls;
	int fds;

	(void)state;
	rig_start(&r, NULL, 100);
	fds = rig_fds();
	calls = alloc_calls();
	assert_int_equal(net_start(&net, &r.loop, &r.log, &limits), 0);
	assert_true(alloc_calls() > calls);
	assert_true(net.spare_fd >= 0);
	assert_int_equal(rig_fds(), fds + 1);
	assert_ptr_equal(net.loop, &r.loop);
	assert_ptr_equal(net.log, &r.log);
	assert_int_equal(net.bufs.pool.nslabs, limits.memory / POOL_SLAB);
	assert_int_equal(net.pipes.most, limits.pipes);
	calls = alloc_calls(); /* where libc is static, rig_fds counts too */
	net_stop(&net);
	assert_int_equal(alloc_calls(), calls);
	assert_int_equal(rig_fds(), fds);
	rig_stop(&r);
}

/* Pipes are opened when they are needed, and kept; stop closes them. */
static void stop_closes_pipes(void **state)
{
	struct rig r;
	int ends[3][2];

	(void)state;
	rig_start(&r, &limits, 100);
	for (int i = 0; i < 3; i++)
		assert_true(pipes_get(&r.net.pipes, ends[i]));
	for (int i = 0; i < 3; i++)
		pipes_put(&r.net.pipes, ends[i], true);
	assert_true(rig_fds() >= r.fds + 6);
	rig_stop(&r);
}

/* More than the system has: refused, and nothing is left behind. */
static void too_much_memory(void **state)
{
	struct net_limits much = limits;
	struct rig r;
	struct net net;
	long before;
	int fds;

	(void)state;
	rig_start(&r, NULL, 100);
	fds = rig_fds();
	mapped();
	before = mapped();
	much.memory = (uint64_t)1 << 47;
	assert_int_equal(net_start(&net, &r.loop, &r.log, &much), -NAT_EMEMORY);
	assert_int_equal(rig_fds(), fds);
	assert_true(mapped() - before < 100);
	rig_stop(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_aside_at_start),
		cmocka_unit_test(stop_closes_pipes),
		cmocka_unit_test(too_much_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
