/* Messages as rtnetlink sends them, by a socket of our own. */
#include "unit.h"
#include "os/netwatch.h"
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ADDR_GONE = 21, LINK_NEW = 16, ROUTE_NEW = 24, HEAD = 16 };

static int ends[2];

static int start(void **state)
{
	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends), 0);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

/* A message of that type with n bytes of body, to_bits among them. */
static size_t put(uint8_t *p, uint16_t type, uint32_t n, uint8_t to_bits)
{
	uint32_t size = HEAD + n;

	memset(p, 0, size);
	memcpy(p, &size, sizeof size);
	memcpy(p + 4, &type, sizeof type);
	if (n > 1)
		p[HEAD + 1] = to_bits;
	return size;
}

static bool tells(const uint8_t *p, size_t n)
{
	assert_int_equal(send(ends[1], p, n, 0), n);
	return netwatch_read(ends[0]);
}

static void what_matters(void **state)
{
	static const struct {
		uint16_t type;
		uint32_t body;
		uint8_t to_bits;
		bool matters;
	} rows[] = {
		{ ADDR_GONE, 8, 24, true },  { LINK_NEW, 16, 0, false },
		{ ROUTE_NEW, 12, 0, true },  { ROUTE_NEW, 12, 24, false },
		{ ROUTE_NEW, 11, 0, false }, { ROUTE_NEW, 0, 0, false },
	};
	uint8_t m[200];

	(void)state;
	assert_false(netwatch_read(ends[0]));
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t n = put(m, rows[i].type, rows[i].body, rows[i].to_bits);
		size_t both;

		assert_int_equal(tells(m, n), rows[i].matters);
		/* and behind another one */
		both = put(m, LINK_NEW, 16, 0);
		both += put(m + both, rows[i].type, rows[i].body,
			    rows[i].to_bits);
		assert_int_equal(tells(m, both), rows[i].matters);
	}
}

/* Lengths that lie. */
static void broken(void **state)
{
	static const uint32_t sizes[] = { 0,  1,          15,
					  25, UINT32_MAX, UINT32_MAX - 2 };
	uint8_t m[200];

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t n = put(m, LINK_NEW, 8, 0);

		memcpy(m, &sizes[i], sizeof sizes[i]);
		assert_false(tells(m, n));
	}
	for (size_t n = 0; n < HEAD; n++) {
		put(m, ADDR_GONE, 8, 0);
		assert_false(tells(m, n));
	}
}

static void real_one(void **state)
{
	int fd = netwatch_open();

	(void)state;
	if (fd < 0)
		skip();
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	netwatch_read(fd); /* does not wait */
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_matters, start, stop),
		cmocka_unit_test_setup_teardown(broken, start, stop),
		cmocka_unit_test(real_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
