#include "unit.h"
#include "wire/ming.h"

/* What each becomes when it is printed again; NULL: it is no message. */
static const struct {
	const char *in, *out;
	int kind;
} tab[] = {
	{ "{\"type\":\"register-host\",\"payload\":null,\"sender_id\":\"h1\"}"
	  "\n",
	  "{\"type\":\"register-host\",\"payload\":null,\"sender_id\":\"h1\"}",
	  MING_REGISTER },
	{ " { \"sender_id\" : \"c\" , \"x\" : [ { } ] , \"payload\" : "
	  "{\"sdp\" : {\"b\":1,\"a\":2}} , \"target_id\":\"h\", "
	  "\"type\":\"offer\"}",
	  "{\"type\":\"offer\",\"payload\":{\"sdp\" : {\"b\":1,\"a\":2}},"
	  "\"target_id\":\"h\",\"sender_id\":\"c\"}",
	  MING_OFFER },
	{ "{\"type\":\"answer\"}", "{\"type\":\"answer\",\"payload\":null}",
	  MING_ANSWER },
	{ "{\"type\":\"candidate\",\"payload\":[1]}",
	  "{\"type\":\"candidate\",\"payload\":[1]}", MING_CANDIDATE },
	{ "{\"type\":\"error\",\"payload\":\"it's \\\"so\\\"\"}",
	  "{\"type\":\"error\",\"payload\":\"it's \\\"so\\\"\"}", MING_ERROR },
	{ "{\"type\":\"w\\u00e9ird\",\"payload\":\"\",\"target_id\":\"\"}",
	  "{\"type\":\"w\xc3\xa9ird\",\"payload\":\"\"}", MING_OTHER },
	{ "", NULL, 0 },
	{ "[]", NULL, 0 },
	{ "{}", NULL, 0 },
	{ "{\"type\":\"\"}", NULL, 0 },
	{ "{\"type\":null}", NULL, 0 },
	{ "{\"type\":\"offer\",\"type\":\"offer\"}", NULL, 0 },
	{ "{\"type\":\"offer\",\"sender_id\":1}", NULL, 0 },
	{ "{\"type\":\"offer\",\"sender_id\":\"a\\nb\"}", NULL, 0 },
	{ "{\"type\":\"offer\",\"sender_id\":\"a\x7f\"}", NULL, 0 },
	{ "{\"type\":\"offer\"} {}", NULL, 0 },
	{ "{\"type\":\"offer\",\"payload\":tru}", NULL, 0 },
	{ "{\"type\":\"a23456789 123456789 123456789 12\"}",
	  "{\"type\":\"a23456789 123456789 123456789 12\",\"payload\":null}",
	  MING_OTHER },
	{ "{\"type\":\"a23456789 123456789 123456789 123\"}", NULL, 0 },
};

static void messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(tab[i].in));
		char text[512];
		struct fmt f = fmt_to(SPAN(text));
		struct ming m;

		if (!tab[i].out) {
			assert_int_equal(ming_parse(&m, in), -NAT_EPROTO);
		} else {
			assert_int_equal(ming_parse(&m, in), 0);
			assert_int_equal(m.kind, tab[i].kind);
			ming_print(&f, &m);
			assert_string_equal(fmt_text(&f), tab[i].out);
		}
		guard_free(&g);
	}
}

/* Whatever is cut off at the end is no message. */
static void prefixes(void **state)
{
	struct bytes all = bytes_of(tab[1].in);

	(void)state;
	for (size_t n = 0; n < all.n; n++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_head(all, n));
		struct ming m;

		assert_int_equal(ming_parse(&m, in), -NAT_EPROTO);
		guard_free(&g);
	}
}

static void ids(void **state)
{
	char text[200];
	struct ming m;

	(void)state;
	for (int n = MING_ID; n <= MING_ID + 1; n++) {
		snprintf(text, sizeof text,
			 "{\"type\":\"offer\",\"target_id\":\"%0*d\"}", n, 7);
		assert_int_equal(ming_parse(&m, bytes_of(text)),
				 n > MING_ID ? -NAT_EPROTO : 0);
	}
}

static void errors(void **state)
{
	char text[200];
	struct fmt f = fmt_to(SPAN(text));

	(void)state;
	ming_print_error(&f, BYTES("target host 'X' not found"), BYTES(""));
	assert_string_equal(fmt_text(&f), "{\"type\":\"error\",\"payload\":"
					  "\"target host 'X' not found\"}");
	f = fmt_to(SPAN(text));
	ming_print_error(&f, BYTES("message has no target ID"), BYTES("c"));
	assert_string_equal(fmt_text(&f),
			    "{\"type\":\"error\",\"payload\":\"message has no "
			    "target ID\",\"target_id\":\"c\"}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(ids),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
