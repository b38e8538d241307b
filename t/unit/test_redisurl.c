/* redisurl: what each part may be, and what is none. */
#include "unit.h"
#include "wire/redisurl.h"

static void good(void **state)
{
	static const struct {
		const char *text, *user, *password, *shown;
	} rows[] = {
		{ "redis://h", "", "", "redis://h:6379/0" },
		{ "redis://h/", "", "", "redis://h:6379/0" },
		{ "redis://h:1/7", "", "", "redis://h:1/7" },
		{ "redis://:pw@h", "", "pw", "redis://h:6379/0" },
		{ "redis://me:p@w:x@h:2", "me", "p@w:x", "redis://h:2/0" },
		{ "redis://a%3ab:%2F%7e@h", "a:b", "/~", "redis://h:6379/0" },
		{ "redis://[::1]:5/3", "", "", "redis://[::1]:5/3" },
		{ "redis://[::1]", "", "", "redis://[::1]:6379/0" },
		{ "redis://192.0.2.1/99999", "", "",
		  "redis://192.0.2.1:6379/99999" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct redisurl u;
		char room[300];
		struct fmt f = fmt_to(SPAN(room));

		assert_int_equal(redisurl_parse(&u, bytes_of(rows[i].text)), 0);
		redisurl_print(&f, &u);
		assert_string_equal(fmt_text(&f), rows[i].shown);
		assert_int_equal(u.user_n, strlen(rows[i].user));
		assert_memory_equal(u.user, rows[i].user, u.user_n);
		assert_int_equal(u.password_n, strlen(rows[i].password));
		assert_memory_equal(u.password, rows[i].password, u.password_n);
	}
}

static void bad(void **state)
{
	static const char *const rows[] = {
		"",
		"redis:/h",
		"rediss://h",
		"redis://",
		"redis://:6379",
		"redis://h:0",
		"redis://h:65536",
		"redis://h:x",
		"redis://h/x",
		"redis://h/1/",
		"redis://h/100000",
		"redis://h /",
		"redis://h#",
		"redis://a]b",
		"redis://[]",
		"redis://[::1",
		"redis://me@h",
		"redis://:@h",
		"redis://:%@h",
		"redis://:%4@h",
		"redis://:%zz@h",
		"redis://h\xff",
	};
	struct redisurl u;
	char wide[400] = "redis://:";

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct bytes text = guard_bytes(&g, bytes_of(rows[i]));

		if (redisurl_parse(&u, text) == 0)
			fail_msg("%s is good", rows[i]);
		guard_free(&g);
	}
	memset(wide + 9, 'p', REDIS_WORD + 1);
	strcpy(wide + 9 + REDIS_WORD + 1, "@h");
	assert_true(redisurl_parse(&u, bytes_of(wide)) < 0);
	assert_int_equal(redisurl_parse(&u, BYTES("redis://:p@h")), 0);
	strcpy(wide + 9 + REDIS_WORD, "@h");
	assert_int_equal(redisurl_parse(&u, bytes_of(wide)), 0);
	assert_int_equal(u.password_n, REDIS_WORD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
