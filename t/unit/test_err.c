#include "unit.h"
#include "base/err.h"

static void rows_say_what_the_table_says(void **state)
{
	static const struct {
		int err, code;
		const char *text, *name;
	} rows[] = {
#define X(name, text, code) { -NAT_##name, code, text, #name },
		NAT_ERRORS(X)
#undef X
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(rows[i].err, -(int)(i + 1));
		assert_string_equal(err_text(rows[i].err), rows[i].text);
		assert_string_equal(err_name(rows[i].err), rows[i].name);
		assert_int_equal(err_exit(rows[i].err), rows[i].code);
	}
	assert_int_equal(NAT_ERR_END, COUNT(rows) + 1);
	assert_int_equal(err_exit(-NAT_ECONF), 3);
	assert_int_equal(err_exit(-NAT_EUSAGE), 2);
	assert_int_equal(err_exit(-NAT_EREFUSED), 75);
}

static void good_is_no_error(void **state)
{
	static const int good[] = { 0, 1, NAT_EPROTO, 1 << 30 };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_string_equal(err_text(good[i]), "no error");
		assert_string_equal(err_name(good[i]), "OK");
		assert_int_equal(err_exit(good[i]), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_say_what_the_table_says),
		cmocka_unit_test(good_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
