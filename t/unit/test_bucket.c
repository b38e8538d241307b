#include "unit.h"
#include "base/bucket.h"

/* How much goes in ms, looked for every step ms, in pieces of at most piece. */
static uint64_t moved(struct bucket *b, int64_t from, int64_t ms, int64_t step,
		      size_t piece)
{
	uint64_t sum = 0;

	for (int64_t now = from; now < from + ms; now += step) {
		size_t may;

		while ((may = bucket_may(b, now)) > 0) {
			size_t n = min_size(may, piece);

			bucket_take(b, n);
			sum += n;
		}
	}
	return sum;
}

static void within(uint64_t n, uint64_t want, unsigned percent)
{
	if (n * 100 < want * (100 - percent) ||
	    n * 100 > want * (100 + percent))
		fail_msg("%llu of %llu", (unsigned long long)n,
			 (unsigned long long)want);
}

/* In ten seconds ten times the rate, however often one looks: within 1 %. */
static void rates(void **state)
{
	static const uint64_t tab[] = { 1000,        7777,      100 * 1024,
					1000 * 1000, 123456789, 10000000000 };
	static const int64_t steps[] = { 1, 3, 7, 10, 25, 50 };

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++)
		for (size_t k = 0; k < COUNT(steps); k++) {
			struct bucket b = { .rate = 0 };

			bucket_set(&b, tab[i], 1000);
			within(moved(&b, 1000, 10000, steps[k], SIZE_MAX),
			       10 * tab[i], i ? 1 : 6);
		}
}

/* What waits until it is due gets as much; it is never due for ever. */
static void due(void **state)
{
	static const uint64_t tab[] = { 1, 1000, 1000000, (uint64_t)1 << 40 };

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct bucket b = { .rate = 0 };
		int64_t now = 5, end = now + 100000 * 1000;
		uint64_t sum = 0, turns = 0;

		bucket_set(&b, tab[i], now);
		for (; now < end && turns < 5000; turns++) {
			size_t n = bucket_may(&b, now);
			int64_t next;

			bucket_take(&b, n);
			sum += n;
			next = bucket_due(&b, now);
			assert_true(next >= now);
			now = next > now ? next : now + 1;
		}
		within(sum, tab[i] * (uint64_t)(now - 5) / 1000, 2);
	}
}

/* What cannot be cut goes as a whole, and is owed. */
static void debts(void **state)
{
	struct bucket b = { .rate = 0 };

	(void)state;
	assert_int_equal(bucket_may(&b, 0), SIZE_MAX);
	bucket_take(&b, 1000000);
	bucket_set(&b, 10000, 0);
	assert_int_equal(bucket_may(&b, 0), 0);
	assert_int_equal(bucket_may(&b, 10), 100);
	bucket_take(&b, 10100);
	assert_int_equal(bucket_may(&b, 1009), 0);
	assert_int_equal(bucket_may(&b, 1020), 100);
	/* never more than a twentieth of a second, however long nobody came */
	assert_int_equal(bucket_may(&b, (int64_t)1 << 50), 512);
	bucket_set(&b, 1000000, (int64_t)1 << 50);
	assert_int_equal(bucket_may(&b, (int64_t)1 << 51), 50000);
	bucket_set(&b, 20000, (int64_t)1 << 51);
	assert_int_equal(bucket_may(&b, (int64_t)1 << 51), 1000);
	bucket_set(&b, 0, (int64_t)1 << 51);
	assert_int_equal(bucket_may(&b, (int64_t)1 << 51), SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates),
		cmocka_unit_test(due),
		cmocka_unit_test(debts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
