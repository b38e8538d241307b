#include "unit.h"
#include "app/client/client.h"

/* Each limit counts as often as what it limits has descriptors; what it does not
 * do takes none.
 */
static void descriptors_of_a_client(void **state)
{
	static struct client_conf c = { .max_visitors = 1000,
					.max_flows = 100,
					.max_parked = 16 };
	enum { CONTROL = 10 };

	(void)state;
	c.nservices = 1;
	assert_int_equal(client_descriptors(&c), CONTROL + 16 + 2000 + 200);
	c.visit.n = 3;
	assert_int_equal(client_descriptors(&c), CONTROL + 16 + 4000 + 200 + 3);
	c.nservices = 0;
	assert_int_equal(client_descriptors(&c), CONTROL + 16 + 2000 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_of_a_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
