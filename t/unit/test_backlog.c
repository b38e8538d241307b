#include "rig.h"
#include "net/backlog.h"

static const struct net_limits limits = { .memory = 1 << 20 };
static struct rig rig;

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i * 7 + i / 251);
}

static size_t put(struct backlog *l, size_t from, size_t n)
{
	static uint8_t data[200000];

	for (size_t i = 0; i < n; i++)
		data[i] = byte_at(from + i);
	return backlog_put(l, &rig.net, (struct bytes){ data, n });
}

static size_t take(struct backlog *l, size_t from, size_t most)
{
	size_t done = 0;

	while (done < most) {
		struct span s = backlog_peek(l);
		size_t n = min_size(s.n, most - done);

		if (!s.p)
			break;
		for (size_t i = 0; i < n; i++)
			assert_int_equal(s.p[i], byte_at(from + done + i));
		backlog_take(l, &rig.net, n);
		done += n;
	}
	return done;
}

static void comes_out_as_it_went_in(void **state)
{
	static const size_t sizes[] = { 1, 4071, 4072, 20000, 3, 100000, 1 };
	struct backlog l = { .n = 0 };
	size_t in = 0, out = 0;
	uint64_t seed = 1;

	(void)state;
	rig_start(&rig, &limits, 100);
	for (size_t i = 0; i < 200; i++) {
		size_t n = sizes[i % COUNT(sizes)];

		in += put(&l, in, n);
		out += take(&l, out, unit_rand(&seed) % (in - out + 1));
		assert_int_equal(l.n, in - out);
		if (l.n == 0)
			assert_null(l.first);
	}
	out += take(&l, out, SIZE_MAX);
	assert_int_equal(out, in);
	assert_int_equal(rig.net.bufs.pool.out, 0);
	rig_stop(&rig);
}

static void keeps_what_there_is_memory_for(void **state)
{
	struct backlog l = { .n = 0 };
	size_t in = 0, n;

	(void)state;
	rig_start(&rig, &limits, 100);
	while ((n = put(&l, in, 100000)) == 100000)
		in += n;
	in += n;
	assert_true(in > 500000 && in < 1 << 20);
	assert_int_equal(put(&l, in, 1), 0);
	assert_int_equal(take(&l, 0, 70000), 70000);
	assert_true(put(&l, in, 60000) > 0);
	backlog_drop(&l, &rig.net);
	assert_int_equal(l.n, 0);
	assert_null(backlog_peek(&l).p);
	assert_int_equal(rig.net.bufs.pool.out, 0);
	rig_stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_out_as_it_went_in),
		cmocka_unit_test(keeps_what_there_is_memory_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
