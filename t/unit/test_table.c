#include "unit.h"
#include "cmd/table.h"

static const char first[] =
	"{\"sections\":[{\"role\":\"part\",\"name\":\"a\","
	"\"totals\":{\"things\":2,\"things_total\":3,\"uptime_ms\":3725000,"
	"\"size_bytes\":1536,\"in_bytes_total\":1000},"
	"\"things\":["
	"{\"thing\":\"one\",\"port\":7,\"in_bytes_total\":100,\"why\":\"\"},"
	"{\"thing\":\"gone\",\"port\":9,\"in_bytes_total\":5,\"why\":\"\"},"
	"{\"thing\":\"two\",\"port\":80,\"in_bytes_total\":2048,"
	"\"why\":\"a\\u001b[2J\\u20ac\"}],"
	"\"dull\":[{\"error\":\"A\",\"seen_total\":0}],\"empty\":[],"
	"\"errors\":[{\"error\":\"A\",\"seen_total\":0},"
	"{\"error\":\"B\",\"seen_total\":2}]}]}\n";

static const char second[] =
	"{\"sections\":[{\"role\":\"part\",\"name\":\"a\","
	"\"totals\":{\"in_bytes_total\":3000},"
	"\"things\":["
	"{\"thing\":\"one\",\"port\":7,\"in_bytes_total\":1100},"
	"{\"thing\":\"new\",\"port\":8,\"in_bytes_total\":50},"
	"{\"thing\":\"two\",\"port\":80,\"in_bytes_total\":2048}]}]}\n";

static const char *print(const char *now, const char *before, int64_t ms)
{
	static uint8_t text[8192];
	struct fmt f = fmt_to(SPAN(text));

	assert_int_equal(table_print(&f, bytes_of(now), bytes_of(before), ms),
			 0);
	return fmt_text(&f);
}

static void as_people_read_it(void **state)
{
	(void)state;
	assert_string_equal(
		print(first, "", 0),
		"part a\n"
		"  things 2  total 3  uptime 1h2m  size 1.5K  in 1000\n"
		"\n"
		"  things\n"
		"  thing  port    in  why\n"
		"  one       7   100  -\n"
		"  gone      9     5  -\n"
		"  two      80  2.0K  a?[2J???\n"
		"\n"
		"  errors\n"
		"  error  seen\n"
		"  B         2\n"
		"\n");
}

static void with_rates(void **state)
{
	(void)state;
	assert_string_equal(print(second, first, 2000),
			    "part a\n"
			    "  in 2.9K (1000/s)\n"
			    "\n"
			    "  things\n"
			    "  thing  port    in   /s\n"
			    "  one       7  1.0K  500\n"
			    "  new       8    50    -\n"
			    "  two      80  2.0K    0\n"
			    "\n");
}

/* Whatever answers there may be no nat at all. */
static void no_answer(void **state)
{
	static const char *const bad[] = {
		"",
		"{}",
		"[]",
		"{\"error\":\"no such request\"}\n",
		"{\"sections\":{}}",
		"{\"sections\":[1]}",
		"{\"sections\":[{}",
	};
	static const char *const odd[] = {
		"{\"sections\":[{}]}",
		"{\"sections\":[{\"a\":1,\"b\":2,\"c\":3}]}",
		"{\"sections\":[{\"a\":1,\"b\":2,\"c\":[1,[2],{}]}]}",
		("{\"sections\":[{\"a\":1,\"b\":2,\"c\":[{\"x\":{}},{\"x\":[]},"
		 "{\"in_bytes_total\":-1}]}]}"),
	};
	uint8_t text[256];

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fmt f = fmt_to(SPAN(text));

		assert_int_equal(
			table_print(&f, bytes_of(bad[i]), bytes_of(first), 1),
			-NAT_EPROTO);
	}
	for (size_t i = 0; i < COUNT(odd); i++) {
		struct fmt f = fmt_to(SPAN(text));

		assert_int_equal(
			table_print(&f, bytes_of(odd[i]), bytes_of(odd[i]), 1),
			0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_people_read_it),
		cmocka_unit_test(with_rates),
		cmocka_unit_test(no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
