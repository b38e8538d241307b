#define _GNU_SOURCE
/* Files, by a child that has confined itself; connecting to a unix socket that
 * none of the rules names.
 */
#include "caged.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/spool.h"
#include "os/sock.h"
#include <errno.h>
#include <sys/stat.h>

/* dir/etc/resolv.conf is a link to dir/run/real.conf. */
static char dir[] = "/tmp/nat-confine-XXXXXX";
static const char *const dirs[] = { "etc",   "run",     "log",  "state",
				    "other", "sockets", "spool" };
static const char *const files[] = { "etc/plain", "run/real.conf", "run/next",
				     "log/old", "other/file" };

/* Lent until the fourth call after. */
static char *in_dir(const char *name)
{
	static char path[4][64];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", dir, name);
	return path[turn];
}

static void set_up(void)
{
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < COUNT(dirs); i++)
		assert_int_equal(mkdir(in_dir(dirs[i]), 0700), 0);
	for (size_t i = 0; i < COUNT(files); i++)
		assert_int_equal(
			file_write_secret(in_dir(files[i]), BYTES("x")), 0);
	assert_int_equal(symlink("../run/real.conf", in_dir("etc/resolv.conf")),
			 0);
}

static void tear_down(void)
{
	char command[64];

	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static void keep(const struct confine_files *f)
{
	struct confined done = confine(f);

	if (done.files == -NAT_ENOTSUP)
		caged_leave(CAGED_NONE);
	CHECK(done.files == 0);
	CHECK(done.calls == 0 || done.calls == -NAT_ENOTSUP);
}

static void confine_here(void)
{
	struct confine_files f = { .n = 0 };

	confine_add(&f, strdup(in_dir("etc/resolv.conf")), CONFINE_READ);
	confine_add(&f, strdup(in_dir("none/none")), CONFINE_READ);
	confine_add(&f, NULL, CONFINE_READ);
	confine_add(&f, "/etc/hosts", CONFINE_ITSELF);
	confine_add(&f, strdup(in_dir("log/new")), CONFINE_APPEND);
	confine_add(&f, strdup(in_dir("sockets/a")), CONFINE_REMOVE);
	confine_add(&f, strdup(in_dir("spool/a")), CONFINE_REPLACE);
	confine_add(&f, strdup(in_dir("state")), CONFINE_KEEP);
	keep(&f);
}

static void check_reading(void)
{
	uint8_t c[4096];

	CHECK(file_read(in_dir("etc/resolv.conf"), SPAN(c)) == 1);
	CHECK(file_read(in_dir("etc/plain"), SPAN(c)) == 1);
	CHECK(file_read(in_dir("run/next"), SPAN(c)) == 1);
	CHECK(file_read("/etc/hosts", SPAN(c)) != -NAT_EACCESS);
	CHECK(file_read("/etc/shadow", SPAN(c)) == -NAT_EACCESS);
	CHECK(file_read(in_dir("other/file"), SPAN(c)) == -NAT_EACCESS);
	CHECK(file_read(in_dir("log/old"), SPAN(c)) == -NAT_EACCESS);
	CHECK(file_read("/proc/self/maps", SPAN(c)) == -NAT_EACCESS);
	CHECK(try_open(in_dir("etc"), O_RDONLY | O_DIRECTORY) == EACCES);
}

static void check_writing(void)
{
	CHECK(try_open("/etc/nat-x", O_WRONLY | O_CREAT) == EACCES);
	CHECK(try_open(in_dir("x"), O_WRONLY | O_CREAT) == EACCES);
	CHECK(try_open(in_dir("run/next"), O_WRONLY) == EACCES);
	CHECK(try_open(in_dir("run/next"), O_RDONLY | O_TRUNC) == EACCES);
	CHECK(unlink(in_dir("run/next")) < 0 && errno == EACCES);
	CHECK(rename(in_dir("run/next"), in_dir("run/y")) < 0);
	CHECK(unlink(in_dir("log/old")) < 0 && errno == EACCES);
	CHECK(try_open(in_dir("log/new"), O_WRONLY | O_CREAT) == 0);
	CHECK(try_open(in_dir("log/new"), O_WRONLY | O_APPEND) == 0);
}

static void check_keeping(void)
{
	uint8_t c[4];
	int fd = file_lock(in_dir("state/a"));

	CHECK(fd >= 0 && file_store(fd, BYTES("ab")) == 0);
	CHECK(file_write_secret(in_dir("state/a"), BYTES("abc")) == 0);
	CHECK(file_read_secret(in_dir("state/a"), SPAN(c)) == 3);
	CHECK(unlink(in_dir("state/a")) == 0);
	CHECK(link(in_dir("other/file"), in_dir("state/b")) < 0);
}

static void check_replacing(void)
{
	int fd = spool_open(in_dir("spool/a.new"), true);
	uint8_t c[4];

	CHECK(fd >= 0 && spool_write(fd, 0, BYTES("abc")) == 0);
	CHECK(spool_cut(fd, 2) == 0 && spool_sync(fd) == 0);
	spool_hurry(fd);
	CHECK(spool_rename(in_dir("spool/a.new"), in_dir("spool/a")) == 0);
	CHECK(spool_read(fd, SPAN(c)) == 0);
	CHECK(spool_open(in_dir("spool/a"), false) == -NAT_EINUSE);
	CHECK(spool_rename(in_dir("spool/a"), in_dir("state/a")) < 0);
	spool_close(fd);
}

static void live_confined(void)
{
	struct addr at = { .family = ADDR_UNIX,
			   .path = strdup(in_dir("sock")) };
	struct addr ours = { .family = ADDR_UNIX,
			     .path = strdup(in_dir("sockets/a")) };
	int l = sock_listen(&at), early = open(in_dir("other/file"), O_RDWR);
	char c;

	CHECK(l >= 0 && early >= 0 && sock_listen(&ours) >= 0);
	confine_here();
	check_reading();
	check_writing();
	check_keeping();
	check_replacing();
	CHECK(sock_connect(&at) >= 0 && sock_spare() >= 0);
	CHECK(read(early, &c, 1) == 1 && ftruncate(early, 0) == 0);
	CHECK(unlink(at.path) < 0 && errno == EACCES);
	CHECK(unlink(ours.path) == 0);
	CHECK(try_open(ours.path, O_WRONLY | O_CREAT) == EACCES);
}

static void only_what_was_named(void **state)
{
	int status;

	(void)state;
	caged_needs();
	set_up();
	status = caged(live_confined);
	tear_down();
	assert_int_equal(status, 0);
}

/* ---- directories that have too much in them ---- */

/* A link that stands in /etc may be replaced there; shadow is worth more. */
static void live_by_link(void)
{
	struct confine_files f = { .n = 0 };
	uint8_t c[4096];

	confine_add(&f, "/etc/os-release", CONFINE_READ);
	confine_add(&f, "/etc/nat-x", CONFINE_APPEND);
	confine_add(&f, "/nat-x", CONFINE_READ);
	confine_add(&f, "/dev/null", CONFINE_APPEND);
	confine_add(&f, "/dev/stdout", CONFINE_APPEND);
	keep(&f);
	CHECK(file_read("/etc/os-release", SPAN(c)) != -NAT_EACCESS);
	CHECK(file_read("/etc/shadow", SPAN(c)) == -NAT_EACCESS);
	CHECK(file_read("/proc/version", SPAN(c)) == -NAT_EACCESS);
	CHECK(try_open("/etc/nat-x", O_WRONLY | O_CREAT) == EACCES);
	CHECK(try_open("/dev/null", O_WRONLY) == 0);
	CHECK(try_open("/dev/zero", O_WRONLY) == EACCES);
}

/* What stands there itself must be read again when it has been replaced. */
static void live_by_file(void)
{
	struct confine_files f = { .n = 0 };
	uint8_t c[4096];

	confine_add(&f, "/etc/passwd", CONFINE_READ);
	keep(&f);
	CHECK(file_read("/etc/group", SPAN(c)) != -NAT_EACCESS);
	CHECK(file_read("/proc/version", SPAN(c)) == -NAT_EACCESS);
}

static void wide_directories(void **state)
{
	(void)state;
	assert_int_equal(caged(live_by_link), 0);
	assert_int_equal(caged(live_by_file), 0);
}

static void a_full_table_takes_no_more(void **state)
{
	struct confine_files f = { .n = 0 };

	(void)state;
	for (int i = 0; i < CONFINE_FILES + 3; i++)
		confine_add(&f, "/", CONFINE_READ);
	assert_int_equal(f.n, CONFINE_FILES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_was_named),
		cmocka_unit_test(wide_directories),
		cmocka_unit_test(a_full_table_takes_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
