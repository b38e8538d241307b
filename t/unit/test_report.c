#include "unit.h"
#include "base/report.h"

enum { ROWS = 3 };

static const struct report_column columns[] = {
	{ "name", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "from", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "size", REPORT_BYTES, REPORT_GAUGE, "How large" },
	{ "local", REPORT_TEXT, REPORT_SHOWN, NULL },
};

static bool row_of(const void *of, uint32_t *at, struct report_row *row)
{
	const struct addr *a = of;

	if (*at == ROWS)
		return false;
	report_text(row, "a name");
	report_addr(row, a);
	report_number(row, *at);
	report_put(row, "at %u", (unsigned)*at);
	(*at)++;
	return true;
}

static void rows_in_order(void **state)
{
	static const struct report_table t = { "things", NULL,
					       REPORT_OF(columns), REPORT_MANY,
					       row_of };
	struct addr a = { .family = ADDR_IP4,
			  .port = 9,
			  .ip = { 10, 0, 0, 1 } };
	struct report_row row;
	uint32_t at = 0;

	(void)state;
	for (uint32_t i = 0; i < ROWS; i++) {
		char text[] = { 'a', 't', ' ', (char)('0' + i), 0 };

		assert_true(report_next(&t, &a, &at, &row));
		assert_bytes_equal(row.v[0].text, BYTES("a name"));
		assert_bytes_equal(row.v[1].text, BYTES("10.0.0.1:9"));
		assert_int_equal(row.v[2].number, i);
		assert_bytes_equal(row.v[3].text, bytes_of(text));
	}
	assert_false(report_next(&t, &a, &at, &row));
}

/* What finds no room is cut; nothing is written beyond it. */
static void texts_are_cut(void **state)
{
	struct report_row row = { .n = 0 };
	char hundred[101];
	size_t n = 0;

	(void)state;
	memset(hundred, 'x', 100);
	hundred[100] = '\0';
	row.room = fmt_to(SPAN(row.text));
	for (int i = 0; i < 5; i++) {
		report_put(&row, "%s", hundred);
		n += row.v[i].text.n;
	}
	assert_int_equal(n, sizeof row.text);
}

/* Not every relay tells who a visitor is. */
static void no_address(void **state)
{
	const struct addr nobody = { .family = ADDR_NONE };
	struct report_row row = { .n = 0 };

	(void)state;
	row.room = fmt_to(SPAN(row.text));
	report_addr(&row, &nobody);
	assert_int_equal(row.n, 1);
	assert_int_equal(row.v[0].text.n, 0);
}

static void of_slots(void **state)
{
	static uint8_t mem[4][32];
	struct slots s;
	const struct report_slots slots[] = { { "things", &s } };
	struct report_row row = { .n = 0 };
	uint32_t at = 0;

	(void)state;
	slots_init(&s, SPAN(mem), 32, 4);
	slots_put(&s, slots_get(&s));
	assert_non_null(slots_get(&s));
	assert_true(report_slots(slots, 1, &at, &row));
	assert_int_equal(row.n, 4);
	assert_int_equal(row.v[1].number, 1);
	assert_int_equal(row.v[2].number, 4);
	assert_int_equal(row.v[3].number, 32);
	assert_false(report_slots(slots, 1, &at, &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_in_order),
		cmocka_unit_test(texts_are_cut),
		cmocka_unit_test(no_address),
		cmocka_unit_test(of_slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
