#include "unit.h"
#include "os/process.h"
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* The first thing that is not as it should be, as an exit code. */
#define CHECK(what) \
	do { \
		if (!(what)) \
			_exit(__LINE__ % 250 + 1); \
	} while (0)

/* Descriptors that were closed are taken by /dev/null, others left alone. */
static void standard_descriptors_are_open(void **state)
{
	int status, ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		struct rlimit core;
		struct stat zero, null, two, end;

		close(0);
		dup2(ends[1], 2);
		process_start();
		CHECK(fstat(0, &zero) == 0 && stat("/dev/null", &null) == 0);
		CHECK(zero.st_rdev == null.st_rdev);
		CHECK(fstat(2, &two) == 0 && fstat(ends[1], &end) == 0);
		CHECK(two.st_ino == end.st_ino);
		CHECK(umask(0) == 027);
		CHECK(getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standard_descriptors_are_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
