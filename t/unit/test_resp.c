/* resp: tokens at every cut, what is no Redis, commands as they are sent. */
#include "unit.h"
#include "wire/resp.h"

struct row {
	const char *in; /* the token, and what stands behind it */
	int takes;
	uint8_t kind;
	int64_t number;
	const char *text;
};

static const struct row rows[] = {
	{ "+OK\r\n", 5, RESP_TEXT, 0, "OK" },
	{ "+\r\n", 3, RESP_TEXT, 0, "" },
	{ "-ERR no\r\n", 9, RESP_ERROR, 0, "ERR no" },
	{ ":0\r\n", 4, RESP_NUMBER, 0, "0" },
	{ ":-12\r\n", 6, RESP_NUMBER, -12, "-12" },
	{ ":999999999999999999\r\n", 21, RESP_NUMBER, 999999999999999999,
	  "999999999999999999" },
	{ "$0\r\n\r\n", 6, RESP_TEXT, 0, "" },
	{ "$4\r\na\r\nb\r\n", 10, RESP_TEXT, 4, "a\r\nb" },
	{ "$-1\r\n", 5, RESP_NONE, 0, "" },
	{ "*-1\r\n", 5, RESP_NONE, -1, "-1" },
	{ "*0\r\n", 4, RESP_ARRAY, 0, "0" },
	{ "*2\r\n", 4, RESP_ARRAY, 2, "2" },
};

static void each_token_each_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes whole = bytes_of(rows[i].in);

		each_split(at, whole.n)
		{
			struct guard g;
			struct resp r;
			int n = resp_take(
				&r, guard_bytes(&g, bytes_head(whole, at)));

			assert_int_equal(n, at < whole.n ? 0 : rows[i].takes);
			guard_free(&g);
			if (n == 0)
				continue;
			assert_int_equal(r.kind, rows[i].kind);
			assert_true(r.number == rows[i].number);
		}
	}
}

static void texts(void **state)
{
	struct resp r;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(resp_take(&r, bytes_of(rows[i].in)) > 0);
		if (r.kind == RESP_TEXT || r.kind == RESP_ERROR)
			assert_bytes_equal(r.text, bytes_of(rows[i].text));
	}
}

static void no_redis(void **state)
{
	static const struct {
		const char *in;
		int rc;
	} bad[] = {
		{ "HTTP/1.1 400\r\n", -NAT_EPROTO },
		{ "?", -NAT_EPROTO },
		{ ":\r\n", -NAT_EPROTO },
		{ ":1x\r\n", -NAT_EPROTO },
		{ ":--1\r\n", -NAT_EPROTO },
		{ ":9999999999999999999\r\n", -NAT_EPROTO },
		{ "$-2\r\n", -NAT_EPROTO },
		{ "$1\r\nabc", -NAT_EPROTO },
		{ "$16385\r\n", -NAT_EROOM },
		{ "*-2\r\n", -NAT_EPROTO },
		{ "*1048577\r\n", -NAT_EROOM },
	};
	struct resp r;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(resp_take(&r, bytes_of(bad[i].in)), bad[i].rc);
}

static void lines_end(void **state)
{
	char line[RESP_LINE + 2];
	struct resp r;

	(void)state;
	memset(line, '+', sizeof line);
	assert_int_equal(
		resp_take(&r, (struct bytes){ (uint8_t *)line, RESP_LINE - 1 }),
		0);
	assert_int_equal(resp_take(&r, bytes_in(SPAN(line))), -NAT_EROOM);
	memcpy(line + RESP_LINE, "\r\n", 2);
	assert_int_equal(resp_take(&r, bytes_in(SPAN(line))), -NAT_EROOM);
	memcpy(line + RESP_LINE - 2, "\r\n", 2);
	assert_int_equal(resp_take(&r, bytes_in(SPAN(line))), RESP_LINE);
}

static void commands(void **state)
{
	char room[64];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	resp_command(&f, 2);
	resp_word(&f, BYTES("GET"));
	resp_word(&f, BYTES(""));
	assert_bytes_equal(fmt_done(&f),
			   BYTES("*2\r\n$3\r\nGET\r\n$0\r\n\r\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_token_each_cut),
		cmocka_unit_test(texts),
		cmocka_unit_test(no_redis),
		cmocka_unit_test(lines_end),
		cmocka_unit_test(commands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
