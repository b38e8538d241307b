#include "unit.h"
#include "app/relay/published.h"
#include "app/relay/session.h"

enum { MOST = 4 };

static struct relay_conf conf = { .max_pending = 10 };
static struct relay relay = { .conf = &conf };
static struct session sessions[MOST];
static struct published ps[MOST];

/* Of one word and token, each of a client of its own; none has joined. */
static int begin(void **state)
{
	(void)state;
	memset(sessions, 0, sizeof sessions);
	memset(ps, 0, sizeof ps);
	for (int i = 0; i < MOST; i++) {
		sessions[i].relay = &relay;
		ps[i].relay = &relay;
		ps[i].session = &sessions[i];
		list_init(&ps[i].group.ring);
		strcpy(ps[i].group.word, "web");
	}
	return 0;
}

static void join(int n)
{
	for (int i = 1; i < n; i++)
		assert_true(group_joins(&ps[0], &ps[i]));
}

static void who_joins(void **state)
{
	static const uint8_t key[FASTNAT_MAC] = { 1 };
	struct group *a = &ps[0].group, *b = &ps[1].group;

	(void)state;
	b->word[0] = 'x';
	assert_false(group_joins(&ps[0], &ps[1]));
	a->word[0] = b->word[0] = '\0'; /* nobody asked for it */
	assert_false(group_joins(&ps[0], &ps[1]));
	begin(NULL);
	memcpy(b->mac, key, sizeof key);
	assert_false(group_joins(&ps[0], &ps[1]));
	memcpy(a->mac, key, sizeof key);
	b->token_tag[0] = 1;
	assert_false(group_joins(&ps[0], &ps[1]));
	b->given = true;
	assert_false(group_joins(&ps[0], &ps[1]));
	a->given = true;
	assert_null(group_next(&ps[0]));
	assert_true(group_joins(&ps[0], &ps[1]));
	assert_ptr_equal(group_next(&ps[0]), &ps[1]);
	assert_ptr_equal(group_next(&ps[1]), &ps[0]);
	group_leave(&ps[0]);
	assert_null(group_next(&ps[1]));
}

/* The fewest visitors first; of as many, who has waited longest. */
static void who_is_next(void **state)
{
	(void)state;
	assert_ptr_equal(group_pick(&ps[0]), &ps[0]);
	join(3);
	for (int turn = 0; turn < 2; turn++)
		for (int i = 0; i < 3; i++)
			assert_ptr_equal(group_pick(&ps[turn]), &ps[i]);
	ps[0].visitors = 2;
	ps[1].visitors = 1;
	ps[2].visitors = 2;
	assert_ptr_equal(group_pick(&ps[0]), &ps[1]);
	assert_ptr_equal(group_pick(&ps[2]), &ps[1]);
	ps[1].visitors = 2;
	assert_ptr_equal(group_pick(&ps[2]), &ps[0]);
	/* who comes is the last of those with as many */
	ps[0].visitors = ps[1].visitors = ps[2].visitors = 0;
	join(1);
	assert_true(group_joins(&ps[1], &ps[3]));
	assert_ptr_equal(group_pick(&ps[0]), &ps[2]);
	assert_ptr_equal(group_pick(&ps[0]), &ps[1]);
}

static void who_is_left_out(void **state)
{
	(void)state;
	ps[0].session = NULL;
	assert_null(group_pick(&ps[0]));
	assert_ptr_equal(group_near(&ps[0], NULL), &ps[0]);
	ps[0].session = &sessions[0];
	join(3);
	ps[0].session = NULL;
	sessions[1].n.pending = conf.max_pending;
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(group_pick(&ps[i]), &ps[2]);
	assert_null(group_other(&ps[2], NULL));
	sessions[1].n.pending = 0;
	assert_ptr_equal(group_other(&ps[2], NULL), &ps[1]);
	assert_null(group_other(&ps[2], &sessions[1]));
	ps[1].session = ps[2].session = NULL;
	assert_null(group_pick(&ps[0]));
	assert_ptr_equal(group_near(&ps[0], &ps[1]), &ps[1]);
	assert_ptr_equal(group_near(&ps[0], &ps[3]), &ps[0]);
}

static void who_had_it(void **state)
{
	(void)state;
	join(2);
	ps[1].visitors = 9;
	assert_ptr_equal(group_near(&ps[0], &ps[1]), &ps[1]);
	assert_ptr_equal(group_near(&ps[0], &ps[3]), &ps[0]);
	ps[1].session = NULL;
	assert_ptr_equal(group_near(&ps[0], &ps[1]), &ps[0]);
	assert_ptr_equal(group_near(&ps[1], &ps[1]), &ps[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(who_joins, begin),
		cmocka_unit_test_setup(who_is_next, begin),
		cmocka_unit_test_setup(who_is_left_out, begin),
		cmocka_unit_test_setup(who_had_it, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
