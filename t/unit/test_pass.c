#include "unit.h"
#include "os/pass.h"
#include <errno.h>
#include <sys/socket.h>

static int ends[2];

static int start(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
}

static int stop(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* What is written to the one that came is read where it leads. */
static void assert_leads(int fd, int to)
{
	uint8_t byte = 0;

	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(read(to, &byte, 1), 1);
	assert_int_equal(byte, 'x');
}

static void goes_beside_bytes(void **state)
{
	uint8_t in[16];
	int pipe_ends[2], fd;

	(void)state;
	assert_int_equal(pipe(pipe_ends), 0);
	assert_int_equal(pass_recv(ends[1], SPAN(in), &fd, false), -NAT_EAGAIN);
	assert_int_equal(fd, -1);
	assert_int_equal(pass_send(ends[0], BYTES("one\n"), pipe_ends[1]), 0);
	assert_int_equal(pass_send(ends[0], BYTES("two\n"), -1), 0);
	close(pipe_ends[1]);
	assert_int_equal(pass_recv(ends[1], SPAN(in), &fd, true), 4);
	assert_memory_equal(in, "one\n", 4);
	assert_leads(fd, pipe_ends[0]);
	close(fd);
	assert_int_equal(read(pipe_ends[0], in, 1), 0); /* that was the last */
	assert_int_equal(pass_recv(ends[1], SPAN(in), &fd, false), 4);
	assert_memory_equal(in, "two\n", 4);
	assert_int_equal(fd, -1);
	close(pipe_ends[0]);
}

/* A line in two parts has its descriptor at the first; the next may come in the same
 * call as the second.
 */
static void one_a_call(void **state)
{
	uint8_t in[16];
	int fd, n = 0;
	size_t have = 0;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pass_send(ends[0], BYTES("12345678"), 0), 0);
	while (have < 24) {
		long got =
			pass_recv(ends[1], (struct span){ in, 5 }, &fd, false);

		assert_in_range(got, 1, 5);
		have += (size_t)got;
		if (fd < 0)
			continue;
		n++;
		close(fd);
	}
	assert_int_equal(n, 3);
}

static void says_when_it_cannot(void **state)
{
	static uint8_t much[PASS_MOST];
	const struct bytes b = { much, sizeof much };
	int rc = 0, n = 0, fd;
	uint8_t byte;

	(void)state;
	while ((rc = pass_send(ends[0], b, -1)) == 0)
		n++;
	assert_true(n > 0);
	assert_true(rc == -NAT_EAGAIN || rc == -NAT_EIO);
	close(ends[0]);
	while (pass_recv(ends[1], (struct span){ much, sizeof much }, &fd,
			 true) > 0)
		;
	assert_int_equal(
		pass_recv(ends[1], (struct span){ &byte, 1 }, &fd, true), 0);
	assert_int_equal(pass_send(ends[1], BYTES("x"), -1), -NAT_ERESET);
	ends[0] = dup(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_beside_bytes, start, stop),
		cmocka_unit_test_setup_teardown(one_a_call, start, stop),
		cmocka_unit_test_setup_teardown(says_when_it_cannot, start,
						stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
