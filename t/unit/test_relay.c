#include "unit.h"
#include "app/relay/relay.h"

/* Each limit counts as often as what it limits has descriptors. */
static void descriptors_of_a_relay(void **state)
{
	struct relay_conf c = { .listen.n = 2, .max_clients = 3 };

	(void)state;
	c.max_services = 5;
	c.gate.max_unknown = 7;
	assert_int_equal(relay_descriptors(&c), 2 * 2 + 3 + 3 * 5 + 7 + 3 * 32);
	c.max_visitors = 1000;
	c.max_flows = 100;
	assert_int_equal(relay_descriptors(&c), 125 + 2 * 1000 + 100);
	c.open = true; /* one more port, and an intPort of each plain client */
	assert_int_equal(relay_descriptors(&c), 2225 + 2 + 3);
	c = (struct relay_conf){ .max_clients = 65535, .max_services = 65535 };
	assert_int_equal(relay_descriptors(&c), 65535 + 65536 + 4096);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_of_a_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
