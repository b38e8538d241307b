#include "unit.h"
#include "base/heap.h"

struct item {
	struct heap_node node;
	uint32_t key;
};

static uint32_t key_of(const struct heap_node *n)
{
	return container_of(n, struct item, node)->key;
}

static bool less(const struct heap_node *a, const struct heap_node *b)
{
	return key_of(a) < key_of(b);
}

/* Walks all of it: every node is linked from where it says, none is smaller
 * than its parent. Returns how many there are.
 */
static size_t count(struct heap_node *const *link, uint32_t least)
{
	size_t n = 0;

	for (; *link; link = &(*link)->next) {
		assert_ptr_equal((*link)->link, link);
		assert_true(key_of(*link) >= least);
		n += 1 + count(&(*link)->child, key_of(*link));
	}
	return n;
}

static void check(const struct heap *h, size_t n)
{
	assert_int_equal(count(&h->root, 0), n);
	assert_true(h->root == NULL || h->root->next == NULL);
}

static void empty(void **state)
{
	struct item a = { .key = 1 };
	struct heap h;

	(void)state;
	heap_init(&h, less);
	check(&h, 0);
	heap_remove(&h, &a.node);
	check(&h, 0);
	heap_put(&h, &a.node);
	check(&h, 1);
	heap_remove(&h, &a.node);
	heap_remove(&h, &a.node);
	check(&h, 0);
	assert_null(a.node.link);
}

/* The model: keys in order, for every item that is in the heap. */
enum { ITEMS = 64, STEPS = 10000 };

struct model {
	uint32_t keys[ITEMS];
	size_t n;
};

static void model_put(struct model *m, uint32_t key)
{
	size_t at = m->n++;

	for (; at > 0 && m->keys[at - 1] > key; at--)
		m->keys[at] = m->keys[at - 1];
	m->keys[at] = key;
}

static void model_remove(struct model *m, uint32_t key)
{
	size_t at = 0;

	while (m->keys[at] != key)
		at++;
	m->n--;
	memmove(m->keys + at, m->keys + at + 1, (m->n - at) * sizeof(*m->keys));
}

static void against_a_model(void **state)
{
	static struct item items[ITEMS];
	struct model m = { .n = 0 };
	uint64_t seed = 10000;
	struct heap h;

	(void)state;
	heap_init(&h, less);
	for (int step = 0; step < STEPS; step++) {
		struct item *it = &items[unit_rand(&seed) % ITEMS];

		/* Now and then the smallest, as timers do. */
		if (h.root && unit_rand(&seed) % 4 == 0)
			it = container_of(h.root, struct item, node);
		if (it->node.link) {
			model_remove(&m, it->key);
			heap_remove(&h, &it->node);
			assert_null(it->node.link);
		} else {
			it->key = unit_rand(&seed) % 100;
			model_put(&m, it->key);
			heap_put(&h, &it->node);
		}
		check(&h, m.n);
		if (m.n > 0)
			assert_int_equal(key_of(h.root), m.keys[0]);
	}
}

static void comes_out_sorted(void **state)
{
	static struct item items[5000];
	uint64_t seed = 3;
	uint32_t last = 0;
	struct heap h;

	(void)state;
	heap_init(&h, less);
	for (size_t i = 0; i < COUNT(items); i++) {
		items[i].key = unit_rand(&seed);
		heap_put(&h, &items[i].node);
	}
	check(&h, COUNT(items));
	for (size_t i = 0; i < COUNT(items); i++) {
		assert_true(key_of(h.root) >= last);
		last = key_of(h.root);
		heap_remove(&h, h.root);
	}
	assert_null(h.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty),
		cmocka_unit_test(against_a_model),
		cmocka_unit_test(comes_out_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
