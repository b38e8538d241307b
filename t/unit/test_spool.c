/* spool: what is written at a place is read again, one process has the file. */
#include "unit.h"
#include "os/spool.h"

static char dir[] = "/tmp/nat-spool-XXXXXX";
static char path[64], other[64];

static void file_is(const char *name, const char *text)
{
	int fd = open(name, O_RDONLY);
	char got[64] = { 0 };

	assert_true(fd >= 0 && read(fd, got, sizeof got - 1) >= 0);
	assert_string_equal(got, text);
	close(fd);
}

static void written_over_and_cut(void **state)
{
	int fd = spool_open(path, false);
	char got[16];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(spool_read(fd, SPAN(got)), 0);
	assert_int_equal(spool_write(fd, 0, BYTES("hello")), 0);
	assert_int_equal(spool_write(fd, 2, BYTES("y, you")), 0);
	spool_hurry(fd);
	assert_int_equal(spool_sync(fd), 0);
	file_is(path, "hey, you");
	assert_int_equal(spool_cut(fd, 3), 0);
	file_is(path, "hey");
	spool_close(fd);
	fd = spool_open(path, false);
	assert_int_equal(spool_read(fd, SPAN(got)), 3);
	assert_memory_equal(got, "hey", 3);
	assert_int_equal(spool_read(fd, SPAN(got)), 0);
	spool_close(fd);
}

static void one_has_it(void **state)
{
	int fd = spool_open(path, true);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(spool_open(path, true), -NAT_EINUSE);
	assert_int_equal(spool_write(fd, 0, BYTES("mine")), 0);
	assert_int_equal(spool_open(path, true), -NAT_EINUSE);
	file_is(path, "mine");
	spool_close(fd);
	fd = spool_open(path, true);
	file_is(path, "");
	spool_close(fd);
}

static void another_takes_its_place(void **state)
{
	int old = spool_open(path, true), fresh = spool_open(other, true);

	(void)state;
	assert_int_equal(spool_write(old, 0, BYTES("old")), 0);
	assert_int_equal(spool_write(fresh, 0, BYTES("fresh")), 0);
	assert_int_equal(spool_rename(other, path), 0);
	spool_close(old);
	file_is(path, "fresh");
	assert_int_equal(spool_rename(other, path), -NAT_ENOENT);
	spool_close(fresh);
	spool_remove(path);
	assert_int_equal(access(path, F_OK), -1);
}

static void not_there(void **state)
{
	(void)state;
	assert_int_equal(spool_open("/nonexistent/file", false), -NAT_ENOENT);
	assert_int_equal(symlink(path, other), 0);
	assert_true(spool_open(other, false) < 0);
	spool_remove(other);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/file", dir);
	snprintf(other, sizeof other, "%s/file.new", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	spool_remove(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_over_and_cut),
		cmocka_unit_test(one_has_it),
		cmocka_unit_test(another_takes_its_place),
		cmocka_unit_test(not_there),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
