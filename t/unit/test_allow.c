/* allow: who is answered, and what is open to whom. */
#include "unit.h"
#include "app/peer/allow.h"

#define A "00000000000000000000000000000000000000000000000000000000000000aa"
#define B "00000000000000000000000000000000000000000000000000000000000000bb"

static const uint8_t a[CHAIN_ID] = { [CHAIN_ID - 1] = 0xaa },
		     b[CHAIN_ID] = { [CHAIN_ID - 1] = 0xbb },
		     c[CHAIN_ID] = { [CHAIN_ID - 1] = 0xcc };

static void nobody_is_named(void **state)
{
	const struct opt_list l = { .n = 0 };

	(void)state;
	assert_true(allow_answers(&l, a));
	assert_false(allow_opens(&l, a, BYTES("ssh")));
}

static void named(void **state)
{
	const struct opt_list l = { .n = 2, .v = { A ":ssh," A ":web", B } };

	(void)state;
	assert_true(allow_answers(&l, a));
	assert_true(allow_answers(&l, b));
	assert_false(allow_answers(&l, c));
	assert_true(allow_opens(&l, a, BYTES("ssh")));
	assert_true(allow_opens(&l, a, BYTES("web")));
	assert_false(allow_opens(&l, a, BYTES("we")));
	assert_false(allow_opens(&l, a, BYTES("")));
	assert_false(allow_opens(&l, b, BYTES("ssh")));
	assert_false(allow_opens(&l, b, BYTES("")));
	assert_false(allow_opens(&l, c, BYTES("ssh")));
}

static void parts(void **state)
{
	struct bytes rest = BYTES(A ":ssh," B ",x");
	struct allowed to;

	(void)state;
	assert_true(allow_next(&rest, &to));
	assert_memory_equal(to.id, a, CHAIN_ID);
	assert_bytes_equal(to.service, BYTES("ssh"));
	assert_true(allow_next(&rest, &to));
	assert_memory_equal(to.id, b, CHAIN_ID);
	assert_int_equal(to.service.n, 0);
	assert_false(allow_next(&rest, &to));
	assert_bytes_equal(rest, BYTES("x"));
	rest = BYTES("");
	assert_false(allow_next(&rest, &to));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_named),
		cmocka_unit_test(named),
		cmocka_unit_test(parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
