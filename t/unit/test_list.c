#include "unit.h"
#include "base/list.h"

enum { ITEMS = 16 };

struct item {
	struct list node;
	int who;
};

/* Both ways round, the ring is of these. */
static void check(const struct list *head, const int *want, size_t n)
{
	const struct list *at = head, *back = head;

	for (size_t i = 0; i < n; i++) {
		at = at->next;
		back = back->prev;
		assert_true(at != head && back != head);
		assert_int_equal(container_of(at, struct item, node)->who,
				 want[i]);
		assert_int_equal(container_of(back, struct item, node)->who,
				 want[n - 1 - i]);
		assert_ptr_equal(at->next->prev, at);
	}
	assert_ptr_equal(at->next, head);
	assert_ptr_equal(back->prev, head);
	assert_int_equal(list_alone(head), n == 0);
}

static void against_a_model(void **state)
{
	struct item items[ITEMS];
	int want[ITEMS];
	size_t n = 0;
	uint64_t seed = 2;
	struct list head;

	(void)state;
	list_init(&head);
	for (int i = 0; i < ITEMS; i++) {
		list_init(&items[i].node);
		items[i].who = i;
	}
	for (int step = 0; step < 10000; step++) {
		struct item *it = &items[unit_rand(&seed) % ITEMS];
		size_t at = 0;

		if (list_alone(&it->node)) {
			list_append(&head, &it->node);
			want[n++] = it->who;
		} else {
			list_remove(&it->node);
			list_remove(&it->node); /* of no ring: nothing */
			assert_true(list_alone(&it->node));
			while (want[at] != it->who)
				at++;
			n--;
			memmove(want + at, want + at + 1,
				(n - at) * sizeof(*want));
		}
		check(&head, want, n);
	}
}

static void each_lets_go(void **state)
{
	struct item items[ITEMS];
	struct list head;
	int seen = 0;

	(void)state;
	list_init(&head);
	list_each (at, &head)
		fail();
	for (int i = 0; i < ITEMS; i++) {
		items[i].who = i;
		list_append(&head, &items[i].node);
	}
	list_each (at, &head) {
		struct item *it = container_of(at, struct item, node);

		assert_int_equal(it->who, seen++);
		list_remove(at);
	}
	assert_int_equal(seen, ITEMS);
	assert_true(list_alone(&head));
}

static void moves_all(void **state)
{
	static const int order[] = { 0, 1, 2 };
	struct item items[3];
	struct list from, to;

	(void)state;
	list_init(&from);
	for (size_t n = 0; n <= COUNT(items); n++) {
		list_move(&to, &from);
		check(&from, order, 0);
		check(&to, order, n);
		list_move(&from, &to);
		check(&from, order, n);
		if (n == COUNT(items))
			break;
		items[n].who = order[n];
		list_append(&from, &items[n].node);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(against_a_model),
		cmocka_unit_test(each_lets_go),
		cmocka_unit_test(moves_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
