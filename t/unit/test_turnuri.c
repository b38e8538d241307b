#include "unit.h"
#include "wire/turnuri.h"

static void good(const char *text, const char *host, unsigned port,
		 enum turn_transport over)
{
	struct turnuri u;

	assert_int_equal(turnuri_parse(&u, bytes_of(text)), 0);
	assert_true(bytes_are(u.at.host, host));
	assert_int_equal(u.at.port, port);
	assert_int_equal(u.transport, over);
}

static void test_good(void **state)
{
	(void)state;
	good("turn:a.example", "a.example", 3478, TURN_OVER_UDP);
	good("turn:192.0.2.1:99", "192.0.2.1", 99, TURN_OVER_UDP);
	good("turn:192.0.2.1?transport=udp", "192.0.2.1", 3478, TURN_OVER_UDP);
	good("turn:[2001:db8::1]", "2001:db8::1", 3478, TURN_OVER_UDP);
	good("turn:[2001:db8::1]:7?transport=tcp", "2001:db8::1", 7,
	     TURN_OVER_TCP);
	good("turns:a", "a", 5349, TURN_OVER_TLS);
	good("turns:a:443?transport=tcp", "a", 443, TURN_OVER_TLS);
}

static void test_bad(void **state)
{
	static const char *const bad[] = {
		"",         "a",          "turn",     "turn:",
		"stun:a",   "turn:a:b",   "turn:a?x", "turn::3478",
		"turn:3:",  "turn:[::",   "turn:[x]", "turns:a?transport=udp",
		"turn:a b", "turn:a\x12",
	};
	struct turnuri u;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(turnuri_parse(&u, bytes_of(bad[i])),
				 -NAT_EINVAL);
}

/* As openssl makes it: printf 86400:me | openssl sha1 -hmac north -binary. */
static void test_rest(void **state)
{
	char user[40], password[TURN_REST + 1];
	struct fmt u = fmt_to(SPAN(user)), p = fmt_to(SPAN(password));

	(void)state;
	turnuri_rest(&u, &p, BYTES("north"), BYTES("me"), 86400);
	assert_string_equal(fmt_text(&u), "86400:me");
	assert_string_equal(fmt_text(&p), "VF1p+1C8L1D8P6CzMykBfdRWh4o=");
	u = fmt_to(SPAN(user));
	p = fmt_to(SPAN(password));
	turnuri_rest(&u, &p, BYTES("north"), BYTES(""), 5);
	assert_string_equal(fmt_text(&u), "5");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
