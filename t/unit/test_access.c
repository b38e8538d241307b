#include "unit.h"
#include "wire/access.h"

static uint8_t text[ACCESS_LINE];

static struct addr from = { .family = ADDR_IP4, .ip = { 192, 0, 2, 1 } };

static struct access_line line_of(void)
{
	return (struct access_line){
		.at = 1795245136,
		.kind = "http",
		.from = &from,
		.method = BYTES("GET"),
		.host = BYTES("a.x:80"),
		.target = BYTES("/p?q=1"),
		.referer = BYTES("http://b.x/"),
		.agent = BYTES("curl/7"),
		.status = 200,
		.minor = 1,
		.in = 100,
		.out = UINT64_MAX,
		.ms = 12,
		.service = "web",
		.client = "router1",
	};
}

static const char *print(const struct access_line *l, enum access_format form)
{
	struct fmt f = fmt_to(SPAN(text));

	access_print(&f, l, form);
	assert_false(f.full);
	return fmt_text(&f);
}

static void as_json(void **state)
{
	struct access_line l = line_of();

	(void)state;
	assert_string_equal(
		print(&l, ACCESS_JSON),
		"{\"time\":\"2026-11-21T07:12:16Z\",\"kind\":\"http\","
		"\"from\":\"192.0.2.1\",\"method\":\"GET\","
		"\"host\":\"a.x:80\",\"path\":\"/p?q=1\",\"status\":200,"
		"\"in\":100,\"out\":18446744073709551615,\"ms\":12,"
		"\"service\":\"web\",\"client\":\"router1\","
		"\"referer\":\"http://b.x/\",\"agent\":\"curl/7\"}\n");
}

static void as_the_web_servers_do(void **state)
{
	struct access_line l = line_of();

	(void)state;
	assert_string_equal(print(&l, ACCESS_COMBINED),
			    "192.0.2.1 - - [21/Nov/2026:07:12:16 +0000] "
			    "\"GET /p?q=1 HTTP/1.1\" 200 18446744073709551615 "
			    "\"http://b.x/\" \"curl/7\"\n");
	l.referer.n = l.agent.n = l.method.n = l.status = 0;
	l.out = 0;
	assert_string_equal(print(&l, ACCESS_COMBINED),
			    "192.0.2.1 - - [21/Nov/2026:07:12:16 +0000] \"-\" "
			    "000 0 \"-\" \"-\"\n");
	l.kind = "tcp";
	assert_string_equal(print(&l, ACCESS_COMBINED),
			    "192.0.2.1 - - [21/Nov/2026:07:12:16 +0000] "
			    "\"tcp web\" 000 0 \"-\" \"-\"\n");
}

/* No byte that a stranger says ends a line or a field, and all fit. */
static void what_strangers_say(void **state)
{
	static uint8_t bad[4096];
	struct access_line l = line_of();
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof bad; i++)
		bad[i] = (uint8_t)i;
	l.method = l.host = l.target = l.referer = l.agent =
		(struct bytes){ bad, sizeof bad };
	n = strlen(print(&l, ACCESS_JSON));
	for (size_t i = 0; i < n - 1; i++)
		assert_in_range(text[i], ' ', 0xff);
	assert_non_null(strstr((char *)text, "\\u0001"));
	assert_non_null(strstr((char *)text, "\xef\xbf\xbd"));
	n = strlen(print(&l, ACCESS_COMBINED));
	for (size_t i = 0; i < n - 1; i++)
		assert_in_range(text[i], ' ', 0x7e);
	assert_non_null(strstr((char *)text, "\\x22#$%"));
	assert_non_null(strstr((char *)text, "\\x5c]"));
	memset(bad, 0xff, sizeof bad);
	print(&l, ACCESS_JSON);
	memset(bad, 1, sizeof bad);
	print(&l, ACCESS_JSON);
	assert_int_equal(text[strlen((char *)text) - 1], '\n');
}

static void formats_have_names(void **state)
{
	(void)state;
	assert_int_equal(access_format_of(BYTES("json")), ACCESS_JSON);
	assert_int_equal(access_format_of(BYTES("combined")), ACCESS_COMBINED);
	assert_int_equal(access_format_of(BYTES("common")), -NAT_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_json),
		cmocka_unit_test(as_the_web_servers_do),
		cmocka_unit_test(what_strangers_say),
		cmocka_unit_test(formats_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
