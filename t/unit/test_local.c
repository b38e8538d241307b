#include "unit.h"
#include "os/local.h"
#include "os/sock.h"
#include <errno.h>
#include <sys/stat.h>

static char top[] = "/tmp/nat-local-XXXXXX";
static char path[64];

static const char *kind_of(const char *p)
{
	struct stat st;

	if (lstat(p, &st) < 0)
		return errno == ENOENT ? "nothing" : "?";
	return S_ISSOCK(st.st_mode)  ? "socket"
	       : S_ISLNK(st.st_mode) ? "link"
	       : S_ISREG(st.st_mode) ? "file"
				     : "other";
}

static void for_its_owner(void **state)
{
	struct local_file file;
	struct stat st;
	struct addr from;
	uint8_t byte;
	int fd, one, other;

	(void)state;
	umask(0);
	fd = local_listen(path, &file);
	assert_true(fd >= 0);
	assert_int_equal(umask(022), 0); /* as it was */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(sock_accept(fd, &from), -NAT_EAGAIN);
	one = local_connect(path, 1000);
	assert_true(one >= 0);
	other = sock_accept(fd, &from);
	assert_true(other >= 0);
	assert_true(local_trusted(other));
	assert_int_equal(sock_send(one, BYTES("x")), 1);
	assert_int_equal(sock_recv(other, (struct span){ &byte, 1 }), 1);
	sock_close(other, false);
	assert_int_equal(sock_recv(one, (struct span){ &byte, 1 }), 0);
	sock_close(one, false);
	sock_close(fd, false);
	local_remove(path, &file);
	assert_string_equal(kind_of(path), "nothing");
	assert_int_equal(local_connect(path, 1000), -NAT_ENOENT);
}

static void patience_ends(void **state)
{
	struct local_file file;
	uint8_t byte;
	int fd = local_listen(path, &file), one = local_connect(path, 30);

	(void)state;
	assert_true(fd >= 0 && one >= 0);
	assert_int_equal(sock_recv(one, (struct span){ &byte, 1 }),
			 -NAT_EAGAIN);
	sock_close(one, false);
	sock_close(fd, false);
	local_remove(path, &file);
}

static void stale_gives_way(void **state)
{
	struct local_file first, second, third;
	int fd = local_listen(path, &first), again;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(local_listen(path, &second), -NAT_EINUSE);
	assert_string_equal(kind_of(path), "socket");
	sock_close(fd, false);
	assert_int_equal(local_connect(path, 1000), -NAT_EREFUSED);
	again = local_listen(path, &third);
	assert_true(again >= 0);
	local_remove(path, &first); /* is not there any more */
	assert_string_equal(kind_of(path),
			    first.inode == third.inode ? "nothing" : "socket");
	sock_close(again, false);
	local_remove(path, &third);
	assert_string_equal(kind_of(path), "nothing");
}

static void what_is_no_socket_stays(void **state)
{
	struct local_file file;
	char target[80], longest[300];
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(local_listen(path, &file), -NAT_EINVAL);
	assert_string_equal(kind_of(path), "file");
	snprintf(target, sizeof target, "%s/target", top);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(local_listen(path, &file), -NAT_EINVAL);
	assert_string_equal(kind_of(path), "link");
	assert_string_equal(kind_of(target), "file");
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink("nowhere", path), 0);
	assert_int_equal(local_listen(path, &file), -NAT_EINVAL);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(target), 0);
	memset(longest, 'x', sizeof longest);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(local_listen(longest, &file), -NAT_EINVAL);
	assert_int_equal(local_listen("/nowhere/at/all", &file), -NAT_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(for_its_owner),
		cmocka_unit_test(patience_ends),
		cmocka_unit_test(stale_gives_way),
		cmocka_unit_test(what_is_no_socket_stays),
	};
	int rc;

	if (!mkdtemp(top))
		return 1;
	snprintf(path, sizeof path, "%s/s", top);
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rmdir(top) < 0 ? 1 : rc;
}
