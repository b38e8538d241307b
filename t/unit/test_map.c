#include "unit.h"
#include "base/map.h"

enum { ITEMS = 48, BUCKETS = 8, HASHES = 20 };

struct item {
	struct map_node node;
	bool in;
};

static void bucket_counts(void **state)
{
	static const struct {
		uint32_t limit, want;
	} rows[] = {
		{ 0, 1 },      { 1, 1 },       { 2, 1 },
		{ 3, 2 },      { 4, 2 },       { 5, 4 },
		{ 16, 8 },     { 17, 16 },     { 1000, 512 },
		{ 1024, 512 }, { 1025, 1024 }, { UINT32_MAX, 1U << 31 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(map_buckets(rows[i].limit), rows[i].want);
}

/* Every item in the map is found under its hash, once, and no other is. */
static void check(const struct map *m, struct item *items)
{
	for (uint32_t hash = 0; hash < HASHES; hash++) {
		size_t want = 0, got = 0;
		struct map_node *n = NULL;

		for (size_t i = 0; i < ITEMS; i++)
			want += items[i].in && items[i].node.hash == hash;
		while ((n = map_find(m, hash, n)) != NULL) {
			assert_int_equal(n->hash, hash);
			assert_true(container_of(n, struct item, node)->in);
			got++;
		}
		assert_int_equal(got, want);
	}
}

static void against_a_model(void **state)
{
	static struct item items[ITEMS];
	struct guard g;
	struct map m;
	uint64_t seed = 11;

	(void)state;
	map_init(&m, guard_span(&g, BUCKETS * sizeof(void *)), BUCKETS);
	check(&m, items);
	for (int step = 0; step < 5000; step++) {
		struct item *it = &items[unit_rand(&seed) % ITEMS];

		if (it->in)
			map_remove(&m, &it->node);
		else
			map_put(&m, &it->node, unit_rand(&seed) % HASHES);
		it->in = !it->in;
		check(&m, items);
	}
	guard_free(&g);
}

static void one_bucket(void **state)
{
	struct map_node a, b;
	struct guard g;
	struct map m;

	(void)state;
	map_init(&m, guard_span(&g, sizeof(void *)), 1);
	map_put(&m, &a, 5);
	map_put(&m, &b, UINT32_MAX);
	assert_ptr_equal(map_find(&m, 5, NULL), &a);
	assert_null(map_find(&m, 5, &a));
	assert_ptr_equal(map_find(&m, UINT32_MAX, NULL), &b);
	assert_null(map_find(&m, 6, NULL));
	guard_free(&g);
}

/* Vectors published with FNV. */
static void fnv_1a(void **state)
{
	(void)state;
	assert_int_equal(map_hash((struct bytes){ NULL, 0 }), 0x811c9dc5);
	assert_int_equal(map_hash(BYTES("a")), 0xe40c292c);
	assert_int_equal(map_hash(BYTES("foobar")), 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bucket_counts),
		cmocka_unit_test(against_a_model),
		cmocka_unit_test(one_bucket),
		cmocka_unit_test(fnv_1a),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
