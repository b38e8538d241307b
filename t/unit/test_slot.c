#include "unit.h"
#include "base/slot.h"

enum { LIMIT = 40 };

struct thing {
	struct slot slot;
	uint64_t value[3];
};

static struct slots fresh(struct guard *g)
{
	struct slots t;

	slots_init(&t, guard_span(g, LIMIT * sizeof(struct thing)),
		   sizeof(struct thing), LIMIT);
	return t;
}

static bool is_zero(const struct thing *it)
{
	return it->value[0] == 0 && it->value[1] == 0 && it->value[2] == 0;
}

static void fill(struct thing *it)
{
	memset(it->value, 0xff, sizeof(it->value));
}

static void up_to_the_limit(void **state)
{
	struct guard g;
	struct slots t = fresh(&g);
	struct thing *all[LIMIT];

	(void)state;
	for (uint32_t i = 0; i < LIMIT; i++) {
		all[i] = slots_get(&t);
		assert_true(is_zero(all[i]));
		fill(all[i]);
		assert_int_equal(t.used, i + 1);
		assert_int_equal(slots_name(&t, all[i]).index, i);
	}
	assert_null(slots_get(&t));
	for (uint32_t i = 0; i < LIMIT; i++)
		slots_put(&t, all[i]);
	assert_int_equal(t.used, 0);
	guard_free(&g);
}

/* What was put last comes first, zeroed; nothing new is touched meanwhile. */
static void last_in_first_out(void **state)
{
	struct guard g;
	struct slots t = fresh(&g);
	struct thing *a = slots_get(&t), *b = slots_get(&t);

	(void)state;
	fill(a);
	fill(b);
	slots_put(&t, a);
	slots_put(&t, b);
	assert_ptr_equal(slots_get(&t), b);
	assert_ptr_equal(slots_get(&t), a);
	assert_true(is_zero(a) && is_zero(b));
	for (uint32_t i = 2; i < LIMIT; i++)
		assert_int_equal(((struct thing *)(void *)t.mem)[i].slot.gen,
				 0);
	guard_free(&g);
}

static void names_go_stale(void **state)
{
	struct guard g;
	struct slots t = fresh(&g);
	struct thing *it = slots_get(&t);
	struct slot_name old = slots_name(&t, it), now;
	struct slot_name beyond = { LIMIT, 1 }, untouched = { 5, 0 };

	(void)state;
	assert_ptr_equal(slots_find(&t, old), it);
	slots_put(&t, it);
	assert_null(slots_find(&t, old));
	assert_null(slots_find(&t, (struct slot_name){ 0, 0 }));
	assert_null(slots_find(&t, (struct slot_name){ 0, old.gen + 1 }));
	assert_ptr_equal(slots_get(&t), it);
	now = slots_name(&t, it);
	assert_null(slots_find(&t, old));
	assert_ptr_equal(slots_find(&t, now), it);
	assert_null(slots_find(&t, beyond));
	assert_null(slots_find(&t, untouched));
	assert_null(slots_find(&t, (struct slot_name){ UINT32_MAX, now.gen }));
	guard_free(&g);
}

static void each_puts_back(void **state)
{
	struct guard g;
	struct slots t = fresh(&g);
	uint32_t seen = 0;

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		((struct thing *)slots_get(&t))->value[0] = i;
	slots_each (struct thing, at, &t) {
		assert_int_equal(at.it->value[0], seen);
		seen++;
		if (seen % 2 == 0)
			slots_put(&t, at.it);
	}
	assert_int_equal(seen, 10);
	slots_each (struct thing, at, &t) {
		assert_int_equal(at.it->value[0] % 2, 0);
		seen++;
	}
	assert_int_equal(seen, 15);
	assert_int_equal(t.used, 5);
	guard_free(&g);
}

static void nothing_to_go_through(void **state)
{
	struct guard g;
	struct slots t = fresh(&g);
	uint32_t at = 0;

	(void)state;
	assert_null(slots_next(&t, &at));
	at = UINT32_MAX;
	assert_null(slots_next(&t, &at));
	guard_free(&g);
}

/* Random get and put; every name ever given is right at every step. */
static void against_a_model(void **state)
{
	enum { NAMES = 64 };
	struct {
		struct slot_name name;
		struct thing *it; /* NULL: put back */
	} given[NAMES];
	struct guard g;
	struct slots t = fresh(&g);
	uint64_t seed = 7;
	uint32_t n = 0;

	(void)state;
	memset(given, 0, sizeof(given));
	for (int step = 0; step < 3000; step++) {
		size_t i = unit_rand(&seed) % NAMES;

		if (given[i].it) {
			fill(given[i].it);
			slots_put(&t, given[i].it);
			given[i].it = NULL;
			n--;
		} else if ((given[i].it = slots_get(&t)) != NULL) {
			assert_true(is_zero(given[i].it));
			given[i].name = slots_name(&t, given[i].it);
			n++;
		} else {
			assert_int_equal(n, LIMIT);
		}
		assert_int_equal(t.used, n);
		assert_in_range(slots_touched(&t), n * t.size,
				t.limit * t.size);
		for (i = 0; i < NAMES; i++)
			assert_ptr_equal(slots_find(&t, given[i].name),
					 given[i].it);
		slots_each (struct thing, at, &t)
			i--;
		assert_int_equal(i, NAMES - n);
	}
	guard_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(up_to_the_limit),
		cmocka_unit_test(last_in_first_out),
		cmocka_unit_test(names_go_stale),
		cmocka_unit_test(each_puts_back),
		cmocka_unit_test(nothing_to_go_through),
		cmocka_unit_test(against_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
