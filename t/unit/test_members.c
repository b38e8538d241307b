/* members: who is told of whom, who gives way; books that are right after every
 * step of a long random life.
 */
#include "unit.h"
#include "app/tracker/members.h"

enum { MEMBERS = 12, GROUPS = 5, IN_GROUP = 4, OF_ADDRESS = 3, PLACES = 32 };

static union {
	max_align_t aligned;
	uint8_t groups[GROUPS * sizeof(struct group)];
} groups;
static union {
	max_align_t aligned;
	uint8_t rows[MEMBERS * sizeof(struct member)];
} rows;
static union {
	max_align_t aligned;
	uint8_t texts[2 * MEMBERS * sizeof(struct member_text)];
} texts;
static struct map_node *buckets[8];
static uint16_t crowd[2 * PLACES];
static struct members m;

static void fresh(void)
{
	static const struct members_limits most = { GROUPS, MEMBERS, IN_GROUP,
						    OF_ADDRESS };
	static const struct map_seed seed = { { 3, 4 } };

	memset(&m, 0, sizeof m);
	memset(&groups, 0, sizeof groups);
	memset(&rows, 0, sizeof rows);
	memset(&texts, 0, sizeof texts);
	memset(buckets, 0, sizeof buckets);
	memset(crowd, 0, sizeof crowd);
	slots_init(&m.groups, SPAN(groups.groups), sizeof(struct group),
		   GROUPS);
	slots_init(&m.rows, SPAN(rows.rows), sizeof(struct member), MEMBERS);
	slots_init(&m.texts, SPAN(texts.texts), sizeof(struct member_text),
		   2 * MEMBERS);
	map_init(&m.by_name, SPAN(buckets), COUNT(buckets));
	sketch_init(&m.crowd, SPAN(crowd), PLACES, &seed);
	members_init(&m, &most, &seed);
}

static uint32_t in_ring(const struct list *head)
{
	uint32_t n = 0;

	list_each (at, head)
		n++;
	return n;
}

/* Every member is in its group and in one ring, every text is somebody's. */
static void check(void)
{
	uint32_t of_groups = 0, pieces = 0;

	slots_each (struct group, g, &m.groups) {
		assert_true(g.it->n > 0 && g.it->n <= IN_GROUP);
		assert_int_equal(in_ring(&g.it->members), g.it->n);
		of_groups += g.it->n;
	}
	assert_int_equal(of_groups, m.rows.used);
	assert_int_equal(in_ring(&m.idle[0]) + in_ring(&m.idle[1]),
			 m.rows.used);
	slots_each (struct member, v, &m.rows)
		pieces += (v.it->lan_n + MEMBER_TEXT - 1U) / MEMBER_TEXT;
	assert_int_equal(pieces, m.texts.used);
}

struct who {
	const char *group, *lan, *mac;
	uint8_t host;
	bool proven;
};

static struct member *join(const struct who *w, int64_t now)
{
	struct track what = { .kind = TRACK_JOIN,
			      .fields = 4,
			      .group = bytes_of(w->group),
			      .lan = bytes_of(w->lan),
			      .mac = bytes_of(w->mac) };
	struct joining j = { .what = &what,
			     .from = { .family = ADDR_IP4,
				       .port = 7,
				       .ip = { 10, 0, 0, w->host } },
			     .proven = w->proven,
			     .now = now };
	struct member *as;
	struct group *g;

	j.at = j.from;
	g = members_join(&m, &j, &as);
	assert_true(!as ||
		    (as->group == g && g->members.prev == &as->in_group));
	check();
	return as;
}

static uint32_t members_of(const char *name)
{
	slots_each (struct group, g, &m.groups)
		if (bytes_are((struct bytes){ g.it->name, g.it->name_n }, name))
			return g.it->n;
	return 0;
}

static void same_mac_is_one(void **state)
{
	(void)state;
	fresh();
	assert_non_null(join(&(struct who){ "g", "l", "a", 1, false }, 0));
	assert_non_null(join(&(struct who){ "g", "m", "a", 2, false }, 0));
	assert_int_equal(members_of("g"), 1);
	assert_non_null(join(&(struct who){ "g", "m", "", 2, false }, 0));
	assert_non_null(join(&(struct who){ "g", "m", "", 2, false }, 0));
	assert_non_null(join(&(struct who){ "g", "n", "0", 2, false }, 0));
	assert_int_equal(members_of("g"), 3);
}

static void address_has_a_limit(void **state)
{
	static const char *const macs[] = { "a", "b", "c", "d" };

	(void)state;
	fresh();
	for (size_t i = 0; i < COUNT(macs); i++) {
		struct who w = { macs[i], "", macs[i], 1, true };

		assert_int_equal(join(&w, 0) != NULL, i < OF_ADDRESS);
	}
	assert_int_equal(members_of("d"), 0); /* an empty group is none */
	/* nor by moving there */
	assert_non_null(join(&(struct who){ "d", "", "d", 2, true }, 0));
	assert_null(join(&(struct who){ "d", "", "d", 1, true }, 0));
}

static void proven_stay(void **state)
{
	struct who honest = { "h", "10.0.0.1", "me", 200, true };

	(void)state;
	fresh();
	assert_non_null(join(&honest, 0));
	for (uint8_t i = 0; i < 250; i++) {
		const char name[] = { (char)('A' + i % 50), (char)('0' + i % 7),
				      0 };
		struct who w = { i % 2 ? "h" : name, "", name, i, false };

		join(&w, i);
	}
	assert_true(m.gave_way > 100);
	honest.lan = "another";
	assert_int_equal(members_of("h"), IN_GROUP);
	assert_non_null(join(&honest, 1000));
	assert_int_equal(members_of("h"), IN_GROUP);
	assert_int_equal(in_ring(&m.idle[true]), 1);
}

/* Where all have proven themselves, a stranger finds no place. */
static void no_place(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e" };

	(void)state;
	fresh();
	for (uint8_t i = 0; i < MEMBERS; i++) {
		struct who w = { names[i % 3], "", names[i / 3], i, true };

		assert_non_null(join(&w, i));
	}
	assert_null(join(&(struct who){ "a", "", "x", 99, false }, 50));
	assert_null(join(&(struct who){ "e", "", "x", 99, false }, 50));
	assert_int_equal(m.rows.used, MEMBERS);
	assert_non_null(join(&(struct who){ "e", "", "x", 99, true }, 50));
	assert_int_equal(m.rows.used, MEMBERS);
}

static void expiry(void **state)
{
	(void)state;
	fresh();
	for (uint8_t i = 0; i < 8; i++) {
		const char mac[] = { (char)('a' + i), 0 };
		struct who w = { i % 2 ? "g" : "h", "l", mac, i, i % 3 == 0 };

		join(&w, 1000 * i);
	}
	assert_false(members_expire(&m, 9999, 10000, 10));
	assert_int_equal(m.expired, 0);
	assert_true(members_expire(&m, 20000, 10000, 3));
	check();
	assert_int_equal(m.rows.used, 5);
	assert_false(members_expire(&m, 20000, 10000, 10));
	assert_int_equal(m.rows.used, 0);
	assert_int_equal(m.groups.used, 0);
	assert_int_equal(m.texts.used, 0);
}

static void long_life(void **state)
{
	static char lan[TRACK_LAN + 1];
	uint64_t seed = 9;

	(void)state;
	fresh();
	memset(lan, 'x', TRACK_LAN);
	for (int64_t step = 0; step < 20000; step++) {
		const char group[] = { (char)('a' + unit_rand(&seed) % 8), 0 };
		const char mac[] = { (char)('a' + unit_rand(&seed) % 26), 0 };
		struct who w = { group, lan + unit_rand(&seed) % TRACK_LAN, mac,
				 (uint8_t)(unit_rand(&seed) % 20),
				 unit_rand(&seed) % 4 == 0 };

		join(&w, 100 * step);
		if (unit_rand(&seed) % 100 == 0)
			members_expire(&m, 100 * step, 2000, 3);
		check();
	}
	assert_true(m.came > 5000 && m.refused > 100 && m.expired > 100);
	while (members_expire(&m, INT32_MAX, 0, 100))
		;
	for (size_t i = 0; i < COUNT(crowd); i++)
		assert_int_equal(crowd[i], 0);
}

/* ---- what is remembered elsewhere ---- */

static struct member *revive(const struct ledger *l, int64_t now, bool humble)
{
	const struct members_time at = { now, 5000 + now / 1000, 100000 };
	struct member *as = members_revive(&m, l, &at, humble);

	check();
	return as;
}

static struct ledger tell(const struct member *v, int64_t now, struct span lan)
{
	const struct members_time at = { now, 5000 + now / 1000, 0 };
	struct ledger l;

	member_tell(&l, v, &at, lan);
	return l;
}

/* Told, forgotten and revived, in a process whose clock began elsewhere. */
static void comes_back(void **state)
{
	uint8_t one[TRACK_LAN], two[TRACK_LAN];
	struct ledger was, is;
	struct member *v;

	(void)state;
	fresh();
	v = join(&(struct who){ "g", "10.0.0.1", "a", 1, true }, 50000);
	was = tell(v, 51000, SPAN(one));
	was.group = BYTES("g");
	assert_int_equal(was.seen, 5050);
	fresh();
	v = revive(&was, 60000, false);
	assert_non_null(v);
	is = tell(v, 60000, SPAN(two));
	assert_int_equal(is.seen, was.seen);
	assert_true(is.id == was.id && is.marks == LEDGER_PROVEN);
	assert_bytes_equal(is.lan, was.lan);
	assert_memory_equal(is.at, was.at, 16);
	assert_null(revive(&was, 60000, false)); /* as old as what is there */
	assert_ptr_equal(join(&(struct who){ "g", "b", "a", 1, true }, 61000),
			 v);
	assert_null(revive(&was, 62000, false));
	is = tell(v, 62000, SPAN(two));
	assert_bytes_equal(is.lan, BYTES("b"));
	assert_int_equal(m.came, 1);
	assert_int_equal(m.refused, 0);
}

/* One of a clock that began just now has a past all the same. */
static void before_the_clock(void **state)
{
	struct ledger l = { .kind = LEDGER_MEMBER,
			    .fields = 4,
			    .seen = 4990,
			    .id = 5,
			    .group = BYTES("g") };

	(void)state;
	fresh();
	assert_non_null(revive(&l, 1000, false));
	l.id = 6;
	l.seen = 4901;
	assert_null(revive(&l, 1000, false)); /* expired */
	l.seen = 4902;
	assert_non_null(revive(&l, 1000, false));
	l.id = 7;
	l.seen = 9999; /* of a clock ahead of ours */
	assert_non_null(revive(&l, 1000, false));
	assert_false(members_expire(&m, 1000, 100000, 100));
	assert_int_equal(m.rows.used, 3);
}

/* In a group's list by the time when they came, whenever they are told of. */
static void in_order(void **state)
{
	static const uint32_t seen[] = { 4980, 4999, 4990 };
	static const uint64_t order[] = { 1, 3, 2 };
	struct ledger l = { .kind = LEDGER_MEMBER,
			    .fields = 4,
			    .group = BYTES("g") };
	size_t n = 0;

	(void)state;
	fresh();
	for (unsigned i = 0; i < COUNT(seen); i++) {
		l.id = i + 1;
		l.seen = seen[i];
		l.from[15] = (uint8_t)i;
		assert_non_null(revive(&l, 1000, false));
	}
	slots_each (struct group, g, &m.groups)
		list_each (at, &g.it->members)
			assert_true(
				container_of(at, struct member, in_group)->id ==
				order[n++]);
	assert_int_equal(n, 3);
}

/* Nobody gives way for who is remembered elsewhere, but one without a proof. */
static void humble_ones(void **state)
{
	static const char *const macs[] = { "a", "b", "c", "d" };
	struct ledger l = { .kind = LEDGER_MEMBER,
			    .fields = 4,
			    .seen = 5000,
			    .id = 9,
			    .group = BYTES("g") };

	(void)state;
	fresh();
	for (unsigned i = 0; i < IN_GROUP; i++)
		assert_non_null(join(
			&(struct who){ "g", "", macs[i], (uint8_t)i, i > 0 },
			1000));
	assert_null(revive(&l, 1000, true));
	l.marks = LEDGER_PROVEN;
	assert_non_null(revive(&l, 1000, true));
	l.id = 10;
	assert_null(revive(&l, 1000, true));
	assert_non_null(revive(&l, 1000, false));
	assert_int_equal(m.gave_way, 2);
}

/* What is told elsewhere is told again when it has changed, or after a while. */
static void told_again(void **state)
{
	struct who w = { "g", "l", "a", 1, false };
	struct member *v;

	(void)state;
	fresh();
	v = join(&w, 8000);
	assert_false(v->kept || v->shared);
	v->kept = v->shared = true;
	assert_true(join(&w, 15999)->kept);
	assert_true(join(&w, 15999)->shared);
	w.lan = "m";
	assert_false(join(&w, 15999)->kept);
	v->kept = true;
	w.host = 2;
	assert_false(join(&w, 15999)->kept);
	v->kept = true;
	w.proven = true;
	assert_false(join(&w, 15999)->kept);
	v->kept = true;
	assert_false(join(&w, 16000)->kept);
	v->kept = true;
	member_vouch(v, &(struct addr){ .family = ADDR_IP4, .port = 1 });
	assert_false(v->kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_mac_is_one),
		cmocka_unit_test(address_has_a_limit),
		cmocka_unit_test(proven_stay),
		cmocka_unit_test(no_place),
		cmocka_unit_test(expiry),
		cmocka_unit_test(long_life),
		cmocka_unit_test(comes_back),
		cmocka_unit_test(before_the_clock),
		cmocka_unit_test(in_order),
		cmocka_unit_test(humble_ones),
		cmocka_unit_test(told_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
