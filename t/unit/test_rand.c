/* Chance is made here: getentropy(3) gives what the test says, or refuses. */
#include "unit.h"
#include "os/rand.h"
#include <sys/wait.h>

static struct {
	const uint32_t *values; /* given one after the other; NULL: counting */
	size_t calls, most;
	uint8_t next;
	bool refuses;
} source;

int getentropy(void *to, size_t n)
{
	uint8_t *p = to;

	source.calls++;
	if (n > source.most)
		source.most = n;
	if (source.refuses)
		return -1;
	if (source.values && n == 4)
		memcpy(p, source.values++, 4);
	else
		for (size_t i = 0; i < n; i++)
			p[i] = ++source.next ? source.next : ++source.next;
	return 0;
}

/* Every byte, none beyond, never more at once than the system gives. */
static void fills_all(void **state)
{
	static const size_t rows[] = { 0, 1, 16, 255, 256, 257, 512, 1000 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t mem[1002] = { 0 };

		memset(&source, 0, sizeof source);
		rand_fill((struct span){ mem + 1, rows[i] });
		for (size_t k = 0; k < sizeof mem; k++)
			assert_int_equal(mem[k] != 0, k > 0 && k <= rows[i]);
		assert_true(source.most <= 256);
		assert_int_equal(source.calls, (rows[i] + 255) / 256);
	}
}

/* Values beyond the last whole multiple would make small ones more likely. */
static void evenly(void **state)
{
	static const struct {
		uint32_t below, values[3], result, drawn;
	} rows[] = {
		{ 1, { 0 }, 0, 1 },
		{ 1, { 77 }, 0, 1 },
		{ 10, { 0 }, 0, 1 },
		{ 10, { 19 }, 9, 1 },
		{ 10, { 4294967289u }, 9, 1 },
		{ 10, { 4294967290u, 4294967295u, 4 }, 4, 3 },
		{ 3000000000u, { 3000000000u, 2999999999u }, 2999999999u, 2 },
		{ 0x80000000u, { 0x7fffffff }, 0x7fffffff, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		memset(&source, 0, sizeof source);
		source.values = rows[i].values;
		assert_int_equal(rand_below(rows[i].below), rows[i].result);
		assert_int_equal(source.calls, rows[i].drawn);
	}
}

/* Nothing is safe without: the process ends, and says why. */
static void refused(void **state)
{
	char text[200] = { 0 };
	int ends[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		uint8_t key[16];

		dup2(ends[1], 2);
		source.refuses = true;
		rand_fill(SPAN(key));
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	assert_true(read(ends[0], text, sizeof text - 1) > 0);
	close(ends[0]);
	assert_non_null(strstr(text, "random"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_all),
		cmocka_unit_test(evenly),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
