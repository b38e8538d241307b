/* mem, and rand, which is as small. */
#include "unit.h"
#include "os/mem.h"
#include "os/rand.h"

/* Costs nothing until touched; 32 bits have no such gap for more. */
enum { BIG = SIZE_MAX > UINT32_MAX ? 1 << 30 : 1 << 28 };

static void memory_is_zero_and_apart(void **state)
{
	struct span a = mem_reserve(BIG), b = mem_reserve(1);

	(void)state;
	assert_non_null(a.p);
	assert_non_null(b.p);
	assert_int_equal(a.n, BIG);
	assert_int_equal(b.n, 1);
	assert_int_equal((uintptr_t)a.p % (size_t)sysconf(_SC_PAGESIZE), 0);
	assert_int_equal((uintptr_t)b.p % (size_t)sysconf(_SC_PAGESIZE), 0);
	for (size_t i = 0; i < a.n; i += 16 << 20)
		assert_int_equal(a.p[i], 0);
	a.p[0] = a.p[a.n - 1] = b.p[0] = 1;
	mem_release(a);
	assert_int_equal(b.p[0], 1);
	mem_release(b);
}

/* What the machine cannot address is refused, not a crash. */
static void too_much_is_refused(void **state)
{
	struct span s = mem_reserve(SIZE_MAX - 65535);

	(void)state;
	assert_null(s.p);
	assert_int_equal(s.n, 0);
}

/* Given back pages can be used again, and hold zeros or what they held; their
 * neighbours keep what they hold.
 */
static void spared_memory_serves_again(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct span s = mem_reserve(4 * page);

	(void)state;
	memset(s.p, 7, s.n);
	mem_spare((struct span){ s.p + page, 2 * page });
	for (size_t i = 0; i < s.n; i++)
		if (i < page || i >= 3 * page)
			assert_int_equal(s.p[i], 7);
		else
			assert_true(s.p[i] == 7 || s.p[i] == 0);
	memset(s.p, 8, s.n);
	assert_int_equal(s.p[page], 8);
	mem_release(s);
}

/* Every length is filled to its last byte, and not beyond. */
static void fills_all(void **state)
{
	static const size_t sizes[] = { 1, 2, 31, 255, 256, 257, 512, 1000 };

	(void)state;
	rand_fill((struct span){ NULL, 0 });
	for (size_t i = 0; i < COUNT(sizes); i++) {
		uint8_t seen[1000] = { 0 }, now[1001];
		bool all = false;

		for (int times = 0; times < 64 && !all; times++) {
			memset(now, 0, sizeof now);
			rand_fill((struct span){ now, sizes[i] });
			assert_int_equal(now[sizes[i]], 0);
			all = true;
			for (size_t k = 0; k < sizes[i]; k++) {
				seen[k] |= now[k];
				all &= seen[k] != 0;
			}
		}
		assert_true(all);
	}
}

static void below_is_below(void **state)
{
	static const uint32_t most[] = {
		1, 2, 3, 7, 10, 0x80000001u, UINT32_MAX
	};

	(void)state;
	for (size_t i = 0; i < COUNT(most); i++) {
		uint32_t counts[10] = { 0 };

		for (int k = 0; k < 2000; k++) {
			uint32_t v = rand_below(most[i]);

			assert_true(v < most[i]);
			counts[v % 10]++;
		}
		for (uint32_t v = 0; v < 10 && v < most[i]; v++)
			assert_true(counts[v] >
				    1000 / (most[i] < 10 ? most[i] : 10));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zero_and_apart),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(spared_memory_serves_again),
		cmocka_unit_test(fills_all),
		cmocka_unit_test(below_is_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
