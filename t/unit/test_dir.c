#include "unit.h"
#include "os/dir.h"
#include <errno.h>
#include <sys/stat.h>

static char top[] = "/tmp/nat-dir-XXXXXX";

static const char *in_top(const char *name)
{
	static char path[4][128];
	static unsigned at;
	char *to = path[at++ % 4];

	snprintf(to, sizeof path[0], "%s/%s", top, name);
	return to;
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

static uid_t owner_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_uid;
}

static void make_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	close(fd);
}

static void kept_ones_are_made(void **state)
{
	static const char *const made[] = { "a", "a/b", "a/b/c/d", "a/b/c/d",
					    "a//b/e/" };

	(void)state;
	umask(0);
	for (size_t i = 0; i < COUNT(made); i++) {
		assert_null(dir_keep(in_top(made[i])));
		assert_int_equal(mode_of(in_top(made[i])), 0700);
	}
	umask(022);
	assert_int_equal(mode_of(in_top("a/b/c")), 0700);
	assert_int_equal(rmdir(in_top("a/b/c/d")), 0);
	assert_int_equal(rmdir(in_top("a/b/c")), 0);
	assert_int_equal(rmdir(in_top("a/b/e")), 0);
	assert_int_equal(rmdir(in_top("a/b")), 0);
	assert_int_equal(rmdir(in_top("a")), 0);
}

static void unfit_ones_are_not_kept(void **state)
{
	char name[1100];

	(void)state;
	make_file(in_top("file"));
	assert_string_equal(dir_keep(in_top("file")), "is not a directory");
	assert_string_equal(dir_keep(in_top("file/x")), "no such file");
	unlink(in_top("file"));
	assert_int_equal(mkdir(in_top("wide"), 0700), 0);
	assert_int_equal(chmod(in_top("wide"), 0755), 0);
	assert_null(dir_keep(in_top("wide")));
	for (mode_t mode = 0720; mode; mode = mode == 0720 ? 01702 : 0) {
		assert_int_equal(chmod(in_top("wide"), mode), 0);
		assert_string_equal(dir_keep(in_top("wide")),
				    "others can write in it: chmod 700 it");
	}
	rmdir(in_top("wide"));
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_string_equal(dir_keep(name), "not valid");
	assert_string_equal(dir_claim(name, &(struct user){ 0, 0 }),
			    "not valid");
	name[1023] = '\0';
	assert_non_null(dir_keep(name));
}

static const struct user root = { 0, 0 }, someone = { 4711, 4712 };

static void claimed_for_another(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_null(dir_claim(in_top("up/up//state/"), &someone));
	assert_int_equal(owner_of(in_top("up")), 0);
	assert_int_equal(owner_of(in_top("up/up")), 0);
	assert_int_equal(mode_of(in_top("up/up")), 0755);
	assert_int_equal(owner_of(in_top("up/up/state")), 4711);
	assert_int_equal(mode_of(in_top("up/up/state")), 0700);
	/* what is there is left alone, below it too */
	assert_null(dir_claim(in_top("up/up/state"), &root));
	assert_int_equal(owner_of(in_top("up/up/state")), 4711);
	assert_string_equal(dir_keep(in_top("up/up/state")),
			    "belongs to another user");
	assert_null(dir_claim(in_top("up/up/state/x"), &someone));
	assert_int_equal(access(in_top("up/up/state/x"), F_OK), -1);
	rmdir(in_top("up/up/state"));
	rmdir(in_top("up/up"));
	rmdir(in_top("up"));
}

/* What leads to new/state, and why not: uid and mode of a directory, or of a
 * link to one.
 */
static const struct {
	uid_t uid;
	mode_t mode;
	bool link;
	const char *why;
} ways[] = {
	{ 0, 0755, false, NULL },
	{ 0, 01777, false, NULL },
	{ 0, 0755, true, NULL },
	{ 0, 0777, false, "others can write in a directory above it" },
	{ 0, 0770, false, "others can write in a directory above it" },
	{ 99, 0755, false, "a directory above it belongs to another user" },
	{ 99, 01777, false, "a directory above it belongs to another user" },
	{ 99, 0755, true, "another user's symbolic link leads to it" },
};

static void ways_that_others_can_turn(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(in_top("real"), 0755), 0);
	for (size_t i = 0; i < COUNT(ways); i++) {
		const char *way = in_top("new"), *at = in_top("new/state");
		const char *why;

		if (ways[i].link)
			assert_int_equal(symlink(in_top("real"), way), 0);
		else
			assert_int_equal(mkdir(way, 0700), 0);
		assert_int_equal(lchown(way, ways[i].uid, 0), 0);
		assert_int_equal(ways[i].link ? 0 : chmod(way, ways[i].mode),
				 0);
		why = dir_claim(at, &someone);
		assert_int_equal(why == NULL, ways[i].why == NULL);
		if (why)
			assert_string_equal(why, ways[i].why);
		assert_int_equal(rmdir(at), why ? -1 : 0);
		assert_int_equal(ways[i].link ? unlink(way) : rmdir(way), 0);
	}
	rmdir(in_top("real"));
}

static void links_are_not_claimed(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(mkdir(in_top("real"), 0700), 0);
	assert_int_equal(symlink("real", in_top("link")), 0);
	assert_int_equal(symlink("none", in_top("dead")), 0);
	assert_string_equal(dir_claim(in_top("link"), &root),
			    "is a symbolic link");
	assert_string_equal(dir_claim(in_top("link/"), &root),
			    "is a symbolic link");
	assert_string_equal(dir_claim(in_top("dead"), &root),
			    "is a symbolic link");
	assert_null(dir_keep(in_top("link")));
	unlink(in_top("link"));
	unlink(in_top("dead"));
	rmdir(in_top("real"));
}

static void only_empty_ones_go(void **state)
{
	const struct user we = user_now(), other = { we.uid + 1, we.gid };

	(void)state;
	assert_null(dir_keep(in_top("full")));
	make_file(in_top("full/kept"));
	dir_clear(in_top("full"), &other);
	assert_int_equal(unlink(in_top("full/kept")), 0);
	dir_clear(in_top("full"), &we);
	assert_int_equal(mode_of(in_top("full")), 0700);
	dir_clear(in_top("full"), &other);
	assert_int_equal(rmdir(in_top("full")), -1);
	assert_int_equal(errno, ENOENT);
	make_file(in_top("file"));
	dir_clear(in_top("file"), &other);
	dir_clear(in_top("nowhere"), &other);
	assert_int_equal(unlink(in_top("file")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept_ones_are_made),
		cmocka_unit_test(unfit_ones_are_not_kept),
		cmocka_unit_test(claimed_for_another),
		cmocka_unit_test(ways_that_others_can_turn),
		cmocka_unit_test(links_are_not_claimed),
		cmocka_unit_test(only_empty_ones_go),
	};
	int rc;

	if (!mkdtemp(top))
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(top) < 0 ? 1 : rc;
}
