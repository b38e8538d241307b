#include "unit.h"
#include "base/tally.h"

enum { ROWS = 8, KEYS = 12, STEPS = 20000 };

static struct tally_row rows[ROWS];
static struct map_node *buckets[ROWS / 2];
static struct tally t;

static void start(void)
{
	memset(rows, 0, sizeof rows);
	memset(buckets, 0, sizeof buckets);
	t = (struct tally){ .seed = { { 3, 4 } } };
	slots_init(&t.rows, SPAN(rows), sizeof rows[0], ROWS);
	map_init(&t.by_key, SPAN(buckets), ROWS / 2);
}

static const uint8_t *key(unsigned i)
{
	static uint8_t k[TALLY_KEY];

	k[TALLY_KEY - 1] = (uint8_t)i;
	return k;
}

static void counts(void **state)
{
	(void)state;
	start();
	assert_int_equal(tally_of(&t, key(1), 0), 0);
	tally_add(&t, key(1), 0);
	tally_add(&t, key(1), 0);
	tally_add(&t, key(1), TALLY_KINDS - 1);
	tally_add(&t, key(2), 0);
	assert_int_equal(tally_of(&t, key(1), 0), 2);
	assert_int_equal(tally_of(&t, key(1), 1), 0);
	assert_int_equal(tally_of(&t, key(1), TALLY_KINDS - 1), 1);
	assert_int_equal(tally_of(&t, key(2), 0), 1);
	assert_int_equal(t.rows.used, 2);
	tally_drop(&t, key(1), 0);
	tally_drop(&t, key(1), 0);
	assert_int_equal(t.rows.used, 2);
	tally_drop(&t, key(1), TALLY_KINDS - 1);
	assert_int_equal(t.rows.used, 1);
	assert_int_equal(tally_of(&t, key(1), 0), 0);
}

/* As many things as there are rows, of keys by chance: a table of counts says
 * the same, and a key with nothing has no row.
 */
static void by_chance(void **state)
{
	static uint32_t want[KEYS][TALLY_KINDS];
	uint64_t seed = 7;
	uint32_t total = 0;

	(void)state;
	start();
	for (int i = 0; i < STEPS; i++) {
		unsigned k = unit_rand(&seed) % KEYS, used = 0;
		unsigned kind = unit_rand(&seed) % TALLY_KINDS;

		if (want[k][kind] && unit_rand(&seed) % 2) {
			tally_drop(&t, key(k), kind);
			want[k][kind]--;
			total--;
		} else if (total < ROWS) {
			tally_add(&t, key(k), kind);
			want[k][kind]++;
			total++;
		}
		assert_int_equal(tally_of(&t, key(k), kind), want[k][kind]);
		for (unsigned j = 0; j < KEYS; j++) {
			static const uint32_t none[TALLY_KINDS];

			used += memcmp(want[j], none, sizeof none) != 0;
		}
		assert_int_equal(t.rows.used, used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(by_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
