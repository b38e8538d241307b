#include "unit.h"
#include "net/answers.h"

static struct answers cache;

static struct dns_question ask(unsigned i, uint16_t type)
{
	struct dns_question q = { .type = type };
	char text[16];
	struct fmt f = fmt_to(SPAN(text));

	fmt_put(&f, "n%u.test", i);
	assert_int_equal(
		dns_name_of(&q.name, fmt_done(&f), (struct bytes){ NULL, 0 }),
		0);
	return q;
}

static void start(void)
{
	memset(&cache, 0, sizeof cache);
	answers_init(&cache);
}

static void put(unsigned i, uint16_t type, int n, int64_t now, uint32_t ttl)
{
	struct dns_question q = ask(i, type);
	struct dns_addrs addrs = { .n = (uint8_t)n, .ip = { { (uint8_t)i } } };

	answers_put(&cache, &q, &addrs, now, ttl);
}

static const struct dns_addrs *get(unsigned i, uint16_t type, int64_t now)
{
	struct dns_question q = ask(i, type);
	const struct dns_addrs *a = answers_find(&cache, &q, now);

	if (a && a->n)
		assert_int_equal(a->ip[0][0], (uint8_t)i);
	return a;
}

/* To the ms; a positive one an hour at most, a negative one a minute. */
static void as_long_as_they_hold(void **state)
{
	static const struct {
		uint32_t ttl;
		int n;
		int64_t holds;
	} rows[] = {
		{ 0, 1, 0 },          { 1, 1, 1000 },          { 60, 2, 60000 },
		{ 3600, 1, 3600000 }, { 3601, 1, 3600000 },    { 0, 0, 0 },
		{ 59, 0, 59000 },     { INT32_MAX, 0, 60000 }, { 61, 0, 60000 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		start();
		put(1, DNS_A, rows[i].n, 500, rows[i].ttl);
		assert_null(get(1, DNS_AAAA, 500));
		assert_null(get(2, DNS_A, 500));
		if (rows[i].holds) {
			assert_non_null(get(1, DNS_A, 500));
			assert_int_equal(get(1, DNS_A, 499 + rows[i].holds)->n,
					 rows[i].n);
		}
		assert_null(get(1, DNS_A, 500 + rows[i].holds));
		assert_int_equal(cache.table.used, 0);
	}
}

static void the_newest_counts(void **state)
{
	(void)state;
	start();
	put(1, DNS_A, 1, 0, 60);
	put(1, DNS_A, 2, 0, 30);
	assert_int_equal(get(1, DNS_A, 0)->n, 2);
	assert_int_equal(cache.table.used, 1);
	put(1, DNS_A, 1, 0, 0);
	assert_null(get(1, DNS_A, 0));
}

/* Full: what was not used for longest goes, whenever it was put there. */
static void the_idlest_gives_way(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < ANSWERS; i++)
		put(i, DNS_A, 1, 0, 60);
	assert_non_null(get(0, DNS_A, 1));
	for (unsigned i = ANSWERS; i < ANSWERS + 10; i++) {
		put(i, DNS_A, 1, 1, 60);
		assert_int_equal(cache.table.used, ANSWERS);
	}
	assert_non_null(get(0, DNS_A, 1));
	for (unsigned i = 1; i <= 10; i++)
		assert_null(get(i, DNS_A, 1));
	for (unsigned i = 11; i < ANSWERS + 10; i++)
		assert_non_null(get(i, DNS_A, 1));
	answers_forget(&cache);
	assert_int_equal(cache.table.used, 0);
	assert_null(get(0, DNS_A, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_long_as_they_hold),
		cmocka_unit_test(the_newest_counts),
		cmocka_unit_test(the_idlest_gives_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
