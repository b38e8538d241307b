#include "unit.h"
#include "os/ifaces.h"

enum { MOST = 5 };

/* Whatever there is: no two alike, none of loopback, each can be bound. */
static void test_list(void **state)
{
	struct addr v[MOST];
	int n = ifaces_list(v, MOST);

	(void)state;
	assert_in_range(n, 0, MOST);
	for (int i = 0; i < n; i++) {
		assert_true(v[i].family == ADDR_IP4 || v[i].family == ADDR_IP6);
		assert_int_equal(v[i].port, 0);
		assert_false(v[i].family == ADDR_IP4 && v[i].ip[0] == 127);
		assert_true(ifaces_has(&v[i]));
		for (int k = 0; k < i; k++)
			assert_false(addr_same_ip(&v[i], &v[k]));
	}
	assert_int_equal(ifaces_list(v, 0), 0);
}

static void test_has(void **state)
{
	struct addr a;

	(void)state;
	assert_int_equal(addr_parse_ip(&a, BYTES("127.0.0.1")), 0);
	assert_true(ifaces_has(&a));
	assert_int_equal(addr_parse_ip(&a, BYTES("192.0.2.77")), 0);
	assert_false(ifaces_has(&a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
