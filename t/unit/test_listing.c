#include "unit.h"
#include "os/listing.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 300 }; /* more than are told at a time */

static char top[] = "/tmp/nat-listing-XXXXXX";

static const char *in_top(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static const char *numbered(unsigned i)
{
	static char name[64];

	snprintf(name, sizeof name, "a-name-of-some-length-%u", i);
	return name;
}

static void make_file(const char *name)
{
	int fd = open(in_top(name), O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
}

/* Each once, but for what is hidden. */
static void all_names(void **state)
{
	unsigned seen[FILES] = { 0 }, i;
	struct listing l;
	const char *name;

	(void)state;
	assert_int_equal(listing_open(&l, top), 0);
	assert_null(listing_next(&l));
	assert_null(listing_next(&l));
	assert_int_equal(listing_close(&l), 0);
	make_file(".hidden");
	for (i = 0; i < FILES; i++)
		make_file(numbered(i));
	assert_int_equal(listing_open(&l, top), 0);
	while ((name = listing_next(&l)) != NULL) {
		assert_int_equal(sscanf(name, "a-name-of-some-length-%u", &i),
				 1);
		assert_true(i < FILES);
		seen[i]++;
	}
	assert_int_equal(listing_close(&l), 0);
	for (i = 0; i < FILES; i++) {
		assert_int_equal(seen[i], 1);
		unlink(in_top(numbered(i)));
	}
	unlink(in_top(".hidden"));
}

static void no_directory(void **state)
{
	struct listing l;

	(void)state;
	make_file("file");
	assert_int_equal(listing_open(&l, in_top("file")), -NAT_ENOENT);
	assert_int_equal(listing_open(&l, in_top("none")), -NAT_ENOENT);
	unlink(in_top("file"));
	assert_int_equal(rmdir(top), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_names),
		cmocka_unit_test(no_directory),
	};

	if (!mkdtemp(top))
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
