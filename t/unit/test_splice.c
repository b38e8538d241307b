#include "rig.h"
#include "net/splice.h"

enum { MOST = 100, SIZE = 65536 };

static bool holds_nothing(const int ends[2])
{
	uint8_t byte;

	return sock_splice(ends[0], ends[0], 1) < 0 &&
	       read(ends[0], &byte, 1) < 0;
}

/* No more than most; those that come back empty serve again, up to PIPES_KEPT,
 * and those with bytes in them never.
 */
static void borrowed_and_kept(void **state)
{
	int fds = rig_fds(), ends[MOST + 1][2];
	struct pipes p;

	(void)state;
	pipes_start(&p, MOST, SIZE);
	for (int i = 0; i < MOST; i++)
		assert_true(pipes_get(&p, ends[i]));
	assert_false(pipes_get(&p, ends[MOST]));
	assert_int_equal(p.open, MOST);
	assert_int_equal(rig_fds(), fds + 2 * MOST);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(write(ends[i][1], "x", 1), 1);
		pipes_put(&p, ends[i], false);
	}
	assert_int_equal(p.open, MOST - 10);
	assert_int_equal(p.nidle, 0);
	for (int i = 10; i < MOST; i++)
		pipes_put(&p, ends[i], true);
	assert_int_equal(p.nidle, PIPES_KEPT);
	assert_int_equal(p.open, PIPES_KEPT);
	assert_int_equal(rig_fds(), fds + 2 * PIPES_KEPT);
	for (int i = 0; i < MOST; i++) {
		assert_true(pipes_get(&p, ends[i]));
		assert_true(holds_nothing(ends[i]));
	}
	assert_int_equal(p.open, MOST);
	assert_int_equal(p.nidle, 0);
	for (int i = 0; i < MOST; i++)
		pipes_put(&p, ends[i], true);
	pipes_stop(&p);
	assert_int_equal(rig_fds(), fds);
}

static void none_at_all(void **state)
{
	struct pipes p;
	int ends[2];

	(void)state;
	pipes_start(&p, 0, SIZE);
	assert_false(pipes_get(&p, ends));
	pipes_stop(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(borrowed_and_kept),
		cmocka_unit_test(none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
