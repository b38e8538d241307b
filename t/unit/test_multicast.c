/* os/group: a group of the loopback, heard by several, and by nobody else's words. */
#include "unit.h"
#include "os/dgram.h"
#include "os/group.h"
#include "os/sock.h"
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

static const struct addr own = { .family = ADDR_IP4, .ip = { 127, 0, 0, 1 } };
static struct addr group = { .family = ADDR_IP4, .ip = { 239, 255, 77, 77 } };
static int speaker;

/* Speaks to the loopback, at a port that is free; the group's is another one. */
static int setup(void **state)
{
	int probe = dgram_bind(&own);
	struct addr at;

	(void)state;
	assert_true(probe >= 0);
	assert_int_equal(sock_here(probe, &at), 0);
	sock_close(probe, false);
	group.port = at.port;
	speaker = dgram_bind(&own);
	assert_true(speaker >= 0);
	return 0;
}

/* False: an emulator that does not know it. */
static bool speaks_here(void)
{
	return setsockopt(speaker, IPPROTO_IP, IP_MULTICAST_IF, own.ip, 4) == 0;
}

static void say(const struct addr *to, const char *text)
{
	const struct dgram_out v = { .peer = to, .body = bytes_of(text) };

	assert_int_equal(dgram_send(speaker, &v, 1, false), 1);
}

static long hears(int fd)
{
	char room[64];

	return recv(fd, room, sizeof room, 0);
}

static int opened(void)
{
	int fd = group_open(&group);

	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	return fd;
}

/* Each of them hears all that is said to the group, and what is said to the port
 * alone, none.
 */
static void heard_by_all(void **state)
{
	struct addr alone = own;
	int fds[2];

	(void)state;
	if (!speaks_here())
		skip();
	alone.port = group.port;
	for (int i = 0; i < 2; i++) {
		fds[i] = opened();
		assert_int_equal(group_join(fds[i], &group, &own), 0);
		assert_int_equal(group_join(fds[i], &group, &own), -NAT_EINUSE);
	}
	say(&group, "to all");
	say(&alone, "to one");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(hears(fds[i]), 6);
		assert_int_equal(hears(fds[i]), -1);
	}
	sock_close(fds[0], false);
	say(&group, "again");
	assert_int_equal(hears(fds[1]), 5);
	sock_close(fds[1], false);
}

/* No address of this machine, no group, no link that has that address. */
static void errors(void **state)
{
	struct addr strange = { .family = ADDR_IP4, .ip = { 192, 0, 2, 1 } };
	int fd = opened();

	(void)state;
	strange.port = group.port;
	assert_int_equal(group_open(&strange), -NAT_EADDR);
	assert_true(group_join(fd, &strange, &own) < 0);
	assert_true(group_join(fd, &group, &strange) < 0);
	if (speaks_here())
		assert_int_equal(group_join(fd, &group, &own), 0);
	sock_close(fd, false);
}

/* Nothing is left open of one that could not be. */
static void no_descriptor(void **state)
{
	struct rlimit was, none;
	struct addr strange = { .family = ADDR_IP4, .ip = { 192, 0, 2, 1 } };
	int next = opened(), again;

	(void)state;
	sock_close(next, false);
	assert_true(group_open(&strange) < 0);
	again = opened();
	assert_int_equal(again, next);
	sock_close(again, false);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none = was;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	again = group_open(&group);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	assert_int_equal(again, -NAT_EFILES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heard_by_all),
		cmocka_unit_test(errors),
		cmocka_unit_test(no_descriptor),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
