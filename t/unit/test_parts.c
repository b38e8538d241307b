#include "unit.h"
#include "os/mem.h"
#include "os/parts.h"

struct thing {
	struct slot slot;
	uint8_t bytes[100];
};

/* Every part is all there and overlaps no other one. */
static void apart(void **state)
{
	struct slots a, b;
	struct map m;
	struct span whole, rest;
	struct map_node nodes[7];
	const struct part v[] = {
		PART_SLOTS(&a, struct thing, 3),
		PART_MAP(&m, 7),
		PART_MEM(&rest, uint64_t, 5),
		PART_SLOTS(&b, struct thing, 1),
	};

	(void)state;
	assert_int_equal(parts_reserve(&whole, v, COUNT(v)), 0);
	assert_true(rest.n >= 40);
	memset(rest.p, 0xff, rest.n);
	for (uint32_t i = 0; i < 7; i++)
		map_put(&m, &nodes[i], i * 77);
	for (int i = 0; i < 4; i++) {
		struct thing *t = slots_get(i < 3 ? &a : &b);

		assert_non_null(t);
		assert_int_equal(t->bytes[99], 0);
		memset(t->bytes, i + 1, sizeof t->bytes);
	}
	assert_null(slots_get(&a));
	assert_null(slots_get(&b));
	for (uint32_t i = 0; i < 7; i++)
		assert_ptr_equal(map_find(&m, i * 77, NULL), &nodes[i]);
	for (size_t i = 0; i < rest.n; i++)
		assert_int_equal(rest.p[i], 0xff);
	mem_release(whole);
}

static void too_much(void **state)
{
	struct slots a;
	struct span whole;
	const struct part v[] = {
		PART_SLOTS(&a, uint8_t[UINT16_MAX], UINT32_MAX),
	};

	(void)state;
	assert_int_equal(parts_reserve(&whole, v, 1), -NAT_EMEMORY);
	assert_null(whole.p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apart),
		cmocka_unit_test(too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
