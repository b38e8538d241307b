/* sketch: never fewer than there are, nearly always just as many. */
#include "unit.h"
#include "base/sketch.h"

enum { PLACES = 1024, KEYS = 700 };

static uint16_t mem[2 * PLACES];

static struct sketch fresh(void)
{
	static const struct map_seed seed = { { 1, 2 } };
	struct sketch s;

	memset(mem, 0, sizeof mem);
	sketch_init(&s, SPAN(mem), PLACES, &seed);
	return s;
}

static struct bytes key(uint32_t *room, uint32_t i)
{
	*room = i;
	return (struct bytes){ (const uint8_t *)room, sizeof *room };
}

static void against_a_model(void **state)
{
	struct sketch s = fresh();
	uint32_t model[KEYS] = { 0 }, room, more = 0;
	uint64_t seed = 5;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		uint32_t i = unit_rand(&seed) % KEYS;

		if (unit_rand(&seed) % 2 || model[i] == 0) {
			sketch_add(&s, key(&room, i));
			model[i]++;
		} else {
			sketch_drop(&s, key(&room, i));
			model[i]--;
		}
		assert_true(sketch_of(&s, key(&room, i)) >= model[i]);
	}
	for (uint32_t i = 0; i < KEYS; i++) {
		more += sketch_of(&s, key(&room, i)) > model[i];
		for (; model[i] > 0; model[i]--)
			sketch_drop(&s, key(&room, i));
	}
	assert_true(more < KEYS / 2); /* many share, by 700 in 1024 */
	for (size_t i = 0; i < COUNT(mem); i++)
		assert_int_equal(mem[i], 0);
}

/* What was too many to be counted stays so, and never becomes less than none. */
static void too_many(void **state)
{
	struct sketch s = fresh();
	uint32_t room;

	(void)state;
	for (int i = 0; i < SKETCH_MOST + 10; i++)
		sketch_add(&s, key(&room, 1));
	for (int i = 0; i < SKETCH_MOST + 10; i++)
		sketch_drop(&s, key(&room, 1));
	assert_int_equal(sketch_of(&s, key(&room, 1)), SKETCH_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_a_model),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
