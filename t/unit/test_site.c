#include "unit.h"
#include "wire/site.h"

#define SUM "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void words(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} tab[] = {
		{ "", true },
		{ "auth=" SUM, true },
		{ "  body=0 host=a.b:80  ", true },
		{ "ask=A:b ask=-C say=D: say=-E", true },
		{ "ask=A:%20%25%c3%a9", true },
		{ "https=1", true },
		{ "https=0", false },
		{ "https=", false },
		{ "apart=1", true },
		{ "apart=0", false },
		{ "page=", true },
		{ "page=<p>%0a%00{{status}}", true },
		{ "page=%", false },
		{ "page=a%2", false },
		{ "page=%2G", false },
		{ "auth=" SUM "00", false },
		{ "auth=0123", false },
		{ "auth=" SUM "x", false },
		{ "auth=", false },
		{ "body=", false },
		{ "body=1K", false },
		{ "body=99999999999999999999999", false },
		{ "host=", false },
		{ "host=a/b", false },
		{ "host=u@a", false },
		{ "host=\xc3\xa9", false },
		{ "ask=A", false },
		{ "ask=", false },
		{ "ask=:b", false },
		{ "ask=A(:b", false },
		{ "ask=-A:b", false },
		{ "ask=A:%", false },
		{ "ask=A:%2", false },
		{ "ask=A:%2G", false },
		{ "ask=A:%0d%0aB:c", false },
		{ "ask=A:%00", false },
		{ "ask=A:%7f", false },
		{ "ask=Host:b", false },
		{ "ask=-Content-Length", false },
		{ "ask=content_length:1", false },
		{ "say=Transfer-Encoding:chunked", false },
		{ "say=-Connection", false },
		{ "ask=X-Forwarded-For:1", false },
		{ "ask=X_Forwarded_Any:1", false },
		{ "ask=TE:trailers", false },
		{ "asks=A:b", false },
		{ "ask", false },
		{ "=a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(tab[i].text));
		struct site s;

		if ((site_parse(&s, in) == NULL) != tab[i].good)
			fail_msg("%s", tab[i].text);
		guard_free(&g);
	}
}

static void many(void **state)
{
	uint8_t room[512];
	struct fmt f = fmt_to(SPAN(room));
	struct site s;

	(void)state;
	for (int i = 0; i <= SITE_EDITS; i++) {
		assert_null(site_parse(&s, fmt_done(&f)));
		fmt_put(&f, " ask=A:%d", i);
	}
	assert_non_null(site_parse(&s, fmt_done(&f)));
}

/* RFC 7617 2. */
static void secrets(void **state)
{
	static const struct {
		const char *field;
		bool admits;
	} tab[] = {
		{ "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
		  true },
		{ "authorization:basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
		  true },
		{ "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ\r\n",
		  false },
		{ "Authorization: Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n",
		  false },
		{ "Authorization: Basic\r\n", false },
		{ "Authorization:\r\n", false },
		{ "", false },
	};
	static struct http1_request r;
	struct site s, open = { .n = 0 };
	uint8_t room[128], text[256];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	site_put_auth(&f, BYTES("Aladdin:open sesame"));
	assert_false(f.full);
	assert_null(site_parse(&s, fmt_done(&f)));
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct fmt g = fmt_to(SPAN(text));

		fmt_put(&g, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n",
			tab[i].field);
		assert_int_equal(http1_request(&r, fmt_done(&g)), 0);
		if (site_admits(&s, &r) != tab[i].admits)
			fail_msg("%s", tab[i].field);
		assert_true(site_admits(&open, &r));
	}
}

/* What was asked for in words of people is what is said. */
static void edits(void **state)
{
	static const struct {
		const char *edit, *said;
	} tab[] = {
		{ "A: b", "A: b\r\n" },
		{ "A:b c", "A: b c\r\n" },
		{ "A:  100% \"b\" \\ \xc3\xa9",
		  "A: 100% \"b\" \\ \xc3\xa9\r\n" },
		{ "A:", "A: \r\n" },
		{ "-A", "" },
	};
	const struct http1_field a = { .name = BYTES("a") },
				 b = { .name = BYTES("b") };

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		uint8_t room[128], text[128];
		struct fmt f = fmt_to(SPAN(room)), g = fmt_to(SPAN(text));
		struct site s;

		site_put_edit(&f, "say", bytes_of(tab[i].edit));
		assert_null(site_parse(&s, fmt_done(&f)));
		site_put(&g, &s, false);
		assert_int_equal(g.n, 0);
		site_put(&g, &s, true);
		assert_bytes_equal(fmt_done(&g), bytes_of(tab[i].said));
		assert_true(site_drops(&s, &a, true));
		assert_false(site_drops(&s, &a, false));
		assert_false(site_drops(&s, &b, true));
	}
}

/* What a file has goes as a word and comes back, its status told. */
static void pages(void **state)
{
	static const struct {
		const char *page, *want;
	} tab[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "{{status}}", "502 Bad Gateway" },
		{ "a \"b\" \\ 100%\n\t\xc3\xa9<{{status}}>{{status}}",
		  "a \"b\" \\ 100%\n\t\xc3\xa9<502 Bad Gateway>502 Bad "
		  "Gateway" },
		{ "{{status}", "{{status}" },
		{ "{{{status}}}", "{502 Bad Gateway}" },
		{ "%41", "%41" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		uint8_t word[512], text[512];
		struct fmt f = fmt_to(SPAN(word)), g = fmt_to(SPAN(text));
		struct site s;

		site_put_page_word(&f, bytes_of(tab[i].page));
		assert_null(site_parse(&s, fmt_done(&f)));
		site_put_page(&g, s.page, true, "502 Bad Gateway");
		assert_bytes_equal(fmt_done(&g), bytes_of(tab[i].want));
		g.n = 0;
		site_put_page(&g, bytes_of(tab[i].page), false,
			      "502 Bad Gateway");
		assert_bytes_equal(fmt_done(&g), bytes_of(tab[i].want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),   cmocka_unit_test(many),
		cmocka_unit_test(secrets), cmocka_unit_test(edits),
		cmocka_unit_test(pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
