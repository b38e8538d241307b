#include "unit.h"
#include "os/supervisor.h"
#include <sys/socket.h>
#include <sys/un.h>

static int hear_at(const char *path, socklen_t n)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memcpy(at.sun_path, path, n);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&at,
		     (socklen_t)offsetof(struct sockaddr_un, sun_path) + n),
		0);
	return fd;
}

static void assert_told(int fd)
{
	char wanted[32], text[32] = "";
	int n = snprintf(wanted, sizeof wanted, "MAINPID=%ld\n",
			 (long)getpid());

	assert_int_equal(recv(fd, text, sizeof text - 1, MSG_DONTWAIT), n);
	assert_string_equal(text, wanted);
}

static void tells_who_it_is(void **state)
{
	static const char path[] = "/tmp/nat-supervisor-test";
	int fd;

	(void)state;
	unlink(path);
	fd = hear_at(path, sizeof path - 1);
	setenv("NOTIFY_SOCKET", path, 1);
	supervisor_tell();
	assert_told(fd);
	close(fd);
	supervisor_tell(); /* nobody is there any more */
	unlink(path);
	supervisor_tell();
}

static void a_name_that_is_no_file(void **state)
{
#if defined(__linux__)
	static const char name[] = "\0nat-supervisor-test";
	int fd = hear_at(name, sizeof name - 1);

	setenv("NOTIFY_SOCKET", "@nat-supervisor-test", 1);
	supervisor_tell();
	assert_told(fd);
	close(fd);
#endif
	(void)state;
}

static void what_is_none(void **state)
{
	static char longest[200];

	(void)state;
	memset(longest, '/', sizeof longest - 1);
	unsetenv("NOTIFY_SOCKET");
	supervisor_tell();
	setenv("NOTIFY_SOCKET", "", 1);
	supervisor_tell();
	setenv("NOTIFY_SOCKET", "relative", 1);
	supervisor_tell();
	setenv("NOTIFY_SOCKET", longest, 1);
	supervisor_tell();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_who_it_is),
		cmocka_unit_test(a_name_that_is_no_file),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
