#include "unit.h"
#include "os/trail.h"
#include <signal.h>
#include <sys/stat.h>

static char top[] = "/tmp/nat-trail-XXXXXX";
static char path[64];
static struct trail trail;
static const struct trail_limits endless = { 0, 2 }, small = { 10, 2 },
				 single = { 10, 0 };

static int start(void **state)
{
	(void)state;
	trail = (struct trail){ .runs = false };
	assert_int_equal(trail_open(&trail, path), 0);
	return 0;
}

static int stop(void **state)
{
	char command[128];

	(void)state;
	trail_close(&trail);
	snprintf(command, sizeof command, "rm -rf %s/*", top);
	return system(command);
}

static void assert_holds(const char *suffix, const char *text)
{
	char name[80], got[128] = "";
	FILE *f;

	snprintf(name, sizeof name, "%s%s", path, suffix);
	f = fopen(name, "r");
	if (!text) {
		assert_null(f);
		return;
	}
	assert_non_null(f);
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

static void put(const struct trail_limits *limits, const char *lines)
{
	int rotated;

	assert_int_equal(trail_put(&trail, limits, bytes_of(lines), &rotated),
			 0);
	assert_int_equal(rotated, 0);
}

static void appends(void **state)
{
	struct stat st;

	(void)state;
	put(&endless, "one\n");
	trail_close(&trail);
	assert_int_equal(trail_open(&trail, path), 0);
	put(&endless, "two\n");
	assert_holds("", "one\ntwo\n");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07137, 0);
}

static void makes_way(void **state)
{
	(void)state;
	put(&small, "one\ntwo\n");
	assert_holds(".1", NULL);
	put(&small, "three\n");
	assert_holds("", "three\n");
	assert_holds(".1", "one\ntwo\n");
	put(&small, "four and more\n");
	put(&small, "five\n");
	assert_holds("", "five\n");
	assert_holds(".1", "four and more\n");
	assert_holds(".2", "three\n");
	assert_holds(".3", NULL);
	put(&single, "sixteen\n");
	assert_holds("", "sixteen\n");
	assert_holds(".1", "four and more\n");
}

/* What is there already counts. */
static void goes_on_from_its_size(void **state)
{
	(void)state;
	put(&small, "one\ntwo\n");
	trail_close(&trail);
	assert_int_equal(trail_open(&trail, path), 0);
	put(&small, "three\n");
	assert_holds(".1", "one\ntwo\n");
}

static void is_opened_anew(void **state)
{
	char moved[80];

	(void)state;
	snprintf(moved, sizeof moved, "%s.old", path);
	put(&endless, "one\n");
	assert_int_equal(rename(path, moved), 0);
	put(&endless, "two\n");
	assert_int_equal(trail_reopen(&trail), 0);
	put(&endless, "three\n");
	assert_holds(".old", "one\ntwo\n");
	assert_holds("", "three\n");
}

static void goes_on_where_it_cannot_make_way(void **state)
{
	char taken[80];
	int rotated;

	(void)state;
	snprintf(taken, sizeof taken, "%s.2", path);
	assert_int_equal(mkdir(taken, 0700), 0);
	put(&small, "zero\nnull\n");
	put(&small, "one\ntwo\n"); /* .1 is there now, and cannot be .2 */
	assert_int_equal(trail_put(&trail, &small, BYTES("three\n"), &rotated),
			 0);
	assert_true(rotated < 0);
	assert_holds("", "one\ntwo\nthree\n");
	assert_int_equal(trail_put(&trail, &small, BYTES("4\n"), &rotated), 0);
	assert_int_equal(rotated, 0);
}

/* A FIFO: it takes what fits, and the rest of a line is ended before the next. */
static void never_waits(void **state)
{
	static char much[512 * 1024];
	struct trail t = { .runs = false };
	char fifo[80];
	int reader, rotated;

	(void)state;
	snprintf(fifo, sizeof fifo, "%s/fifo", top);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_true(trail_open(&t, fifo) < 0); /* nobody reads */
	reader = open(fifo, O_RDONLY | O_NONBLOCK);
	assert_int_equal(trail_open(&t, fifo), 0);
	memset(much, 'x', sizeof much);
	assert_int_equal(
		trail_put(&t, &endless,
			  (struct bytes){ (uint8_t *)much, sizeof much },
			  &rotated),
		-NAT_EIO);
	assert_int_equal(trail_put(&t, &endless, BYTES("lost\n"), &rotated),
			 -NAT_EIO);
	while (read(reader, much, sizeof much) > 0)
		;
	assert_int_equal(trail_put(&t, &endless, BYTES("kept\n"), &rotated), 0);
	assert_int_equal(read(reader, much, sizeof much), 6);
	assert_memory_equal(much, "\nkept\n", 6);
	signal(SIGPIPE, SIG_IGN);
	close(reader);
	assert_int_equal(trail_put(&t, &endless, BYTES("lost\n"), &rotated),
			 -NAT_EIO);
	trail_close(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appends, start, stop),
		cmocka_unit_test_setup_teardown(makes_way, start, stop),
		cmocka_unit_test_setup_teardown(goes_on_from_its_size, start,
						stop),
		cmocka_unit_test_setup_teardown(is_opened_anew, start, stop),
		cmocka_unit_test_setup_teardown(
			goes_on_where_it_cannot_make_way, start, stop),
		cmocka_unit_test_setup_teardown(never_waits, start, stop),
	};
	int failed;

	assert_non_null(mkdtemp(top));
	snprintf(path, sizeof path, "%s/access.log", top);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	rmdir(top);
	return failed;
}
