#include "unit.h"
#include "os/file.h"
#include <errno.h>
#include <sys/stat.h>

static char dir[] = "/tmp/nat-file-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned at;
	char *to = path[at++ % 4];

	snprintf(to, sizeof path[0], "%s/%s", dir, name);
	return to;
}

static void make(const char *path, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	for (size_t i = 0; i < n; i++) {
		uint8_t byte = (uint8_t)(i * 7);

		assert_int_equal(write(fd, &byte, 1), 1);
	}
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void check(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		assert_int_equal(s.p[i], (uint8_t)(i * 7));
}

/* Of every size around the room there is; never a byte beyond it. */
static void sizes_at_the_bounds(void **state)
{
	enum { ROOM = 100 };
	static const size_t sizes[] = { 0, 1, 99, 100, 101, 5000 };
	const char *path = in_dir("sized");

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct guard g;
		struct span to = guard_span(&g, ROOM);
		long want = sizes[i] > ROOM ? -NAT_EROOM : (long)sizes[i];

		make(path, sizes[i], 0600);
		assert_int_equal(file_read(path, to), want);
		assert_int_equal(file_read_secret(path, to), want);
		check((struct span){ to.p, min_size(sizes[i], ROOM) });
		guard_free(&g);
	}
	make(path, 0, 0600);
	assert_int_equal(file_read(path, (struct span){ NULL, 0 }), 0);
	make(path, 1, 0600);
	assert_int_equal(file_read(path, (struct span){ NULL, 0 }), -NAT_EROOM);
	unlink(path);
}

static void secrets_by_mode(void **state)
{
	static const struct {
		mode_t mode;
		bool refused;
	} rows[] = {
		{ 0600, false }, { 0400, false }, { 0700, false },
		{ 0640, true },  { 0604, true },  { 0620, true },
		{ 0610, true },  { 0601, true },  { 0666, true },
	};
	const char *path = in_dir("secret");
	uint8_t to[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make(path, 3, rows[i].mode);
		assert_int_equal(file_read(path, SPAN(to)), 3);
		assert_int_equal(file_read_secret(path, SPAN(to)),
				 rows[i].refused ? -NAT_EINVAL : 3);
		unlink(path);
	}
}

static void what_is_not_there(void **state)
{
	uint8_t to[16];

	(void)state;
	assert_int_equal(file_read(in_dir("none"), SPAN(to)), -NAT_ENOENT);
	assert_int_equal(file_read_secret(in_dir("none"), SPAN(to)),
			 -NAT_ENOENT);
	assert_int_equal(file_read(in_dir("none/none"), SPAN(to)), -NAT_ENOENT);
	assert_true(file_read(dir, SPAN(to)) < 0);
	assert_false(file_exists(in_dir("none")));
	assert_true(file_exists(dir));
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

/* Longer, shorter, empty: the old content never shines through, the mode is
 * that of a secret whatever it was, and nothing else is left behind.
 */
static void write_replaces_whole(void **state)
{
	static const char *const texts[] = { "first", "a longer second one",
					     "3", "" };
	const char *path = in_dir("token"), *fresh = in_dir("token.new");
	char to[64];

	(void)state;
	make(path, 40, 0644);
	make(fresh, 40, 0644);
	umask(0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct bytes b = bytes_of(texts[i]);

		assert_int_equal(file_write_secret(path, b), 0);
		assert_int_equal(mode_of(path), 0600);
		assert_false(file_exists(fresh));
		assert_int_equal(file_read_secret(path, SPAN(to)), b.n);
		assert_memory_equal(to, b.p, b.n);
	}
	umask(022);
	unlink(path);
}

/* What cannot be written leaves what was there, and no rubbish. */
static void write_or_not_at_all(void **state)
{
	const char *path = in_dir("full"), *fresh = in_dir("full.new");
	char name[1100];

	(void)state;
	assert_int_equal(file_write_secret(in_dir("none/x"), BYTES("x")),
			 -NAT_ENOENT);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(file_write_secret(path, BYTES("x")) < 0);
	assert_false(file_exists(fresh));
	rmdir(path);
	memset(name, 'x', sizeof name);
	name[sizeof name - 1] = '\0';
	assert_int_equal(file_write_secret(name, BYTES("x")), -NAT_EINVAL);
}

/* One process at a time; longer and shorter texts in place; no way by a link. */
static void locked_and_stored(void **state)
{
	static const char *const texts[] = { "one", "a longer two", "", "4" };
	const char *path = in_dir("locked"), *link = in_dir("link");
	int fd = file_lock(path);
	char to[16];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(mode_of(path), 0600);
	assert_int_equal(file_load(fd, SPAN(to)), 0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct bytes b = bytes_of(texts[i]);

		assert_int_equal(file_store(fd, b), 0);
		assert_int_equal(file_load(fd, SPAN(to)), b.n);
		assert_memory_equal(to, b.p, b.n);
		assert_int_equal(file_read(path, SPAN(to)), b.n);
	}
	assert_int_equal(file_lock(path), -NAT_EINUSE);
	file_unlock(fd);
	fd = file_lock(path);
	assert_true(fd >= 0);
	assert_int_equal(file_load(fd, SPAN(to)), 1);
	file_unlock(fd);
	assert_int_equal(symlink(path, link), 0);
	assert_true(file_lock(link) < 0);
	assert_true(file_lock(dir) < 0);
	unlink(link);
	unlink(path);
}

static bool same(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->seconds == b->seconds && a->nanoseconds == b->nanoseconds &&
	       a->inode == b->inode && a->size == b->size;
}

/* Written longer, written at another time, replaced, gone: each shows. */
static void stamps_differ(void **state)
{
	static const struct timespec times[2] = { { 1, 0 }, { 1, 1000 } };
	static const struct timespec later[2] = { { 1, 0 }, { 1, 2000 } };
	static const struct timespec much[2] = { { 1, 0 }, { 2, 2000 } };
	const char *path = in_dir("f"), *other = in_dir("g");
	struct file_stamp s[6], none = { 0 };

	(void)state;
	s[0] = file_stamp(path);
	assert_true(same(&s[0], &none));
	make(path, 3, 0600);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	s[1] = file_stamp(path);
	none = file_stamp(path);
	assert_true(same(&s[1], &none));
	assert_int_equal(utimensat(AT_FDCWD, path, later, 0), 0);
	s[2] = file_stamp(path);
	make(other, 3, 0600);
	assert_int_equal(utimensat(AT_FDCWD, other, later, 0), 0);
	assert_int_equal(rename(other, path), 0);
	s[3] = file_stamp(path);
	assert_int_equal(utimensat(AT_FDCWD, path, much, 0), 0);
	s[4] = file_stamp(path);
	make(path, 4, 0600);
	assert_int_equal(utimensat(AT_FDCWD, path, much, 0), 0);
	s[5] = file_stamp(path);
	for (int i = 1; i < 6; i++)
		assert_false(same(&s[i - 1], &s[i]));
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_at_the_bounds),
		cmocka_unit_test(secrets_by_mode),
		cmocka_unit_test(what_is_not_there),
		cmocka_unit_test(write_replaces_whole),
		cmocka_unit_test(write_or_not_at_all),
		cmocka_unit_test(locked_and_stored),
		cmocka_unit_test(stamps_differ),
	};
	int rc;

	if (!mkdtemp(dir))
		return 1;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(dir) < 0 ? 1 : rc;
}
