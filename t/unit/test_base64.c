#include "unit.h"
#include "base/base64.h"

/* RFC 4648 10. */
static void known_answers(void **state)
{
	static const struct {
		const char *plain, *text;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};
	uint8_t back[16];
	char text[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fmt f = fmt_to(SPAN(text));

		base64_put(&f, bytes_of(rows[i].plain), 0);
		assert_true(bytes_are(fmt_done(&f), rows[i].text));
		assert_int_equal(base64_get(SPAN(back), fmt_done(&f)),
				 strlen(rows[i].plain));
		assert_memory_equal(back, rows[i].plain, strlen(rows[i].plain));
	}
}

/* Every byte in every place, in lines; room for all and for one less. */
static void there_and_back(void **state)
{
	uint8_t plain[256 * 3], text[2048];
	struct fmt f = fmt_to(SPAN(text));

	(void)state;
	for (size_t i = 0; i < sizeof plain; i++)
		plain[i] = (uint8_t)(i / 3 * 7 + i % 3 * 85);
	each_split(n, sizeof plain)
	{
		struct guard g, h;
		struct span to = guard_span(&g, n), less;

		f.n = 0;
		base64_put(&f, (struct bytes){ plain, n }, 64);
		assert_int_equal(base64_get(to, fmt_done(&f)), n);
		if (n > 0)
			assert_memory_equal(to.p, plain, n);
		less = guard_span(&h, n ? n - 1 : 0);
		if (n > 0)
			assert_int_equal(base64_get(less, fmt_done(&f)),
					 -NAT_EROOM);
		guard_free(&g);
		guard_free(&h);
	}
	assert_int_equal(f.n, sizeof plain / 3 * 4 + sizeof plain / 48);
}

static void refused(void **state)
{
	static const char *const rows[] = {
		"Z",     "Zg",   "Zg=",      "Zg==Zg==", "Zh==",
		"Zm9=",  "=",    "====",     "Z===",     "Zg=A",
		"Zm9v-", "Zm9_", "Zm9v\x80", "Zm9\xff",  "Zm9\x01"
	};
	uint8_t back[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(base64_get(SPAN(back), bytes_of(rows[i])),
				 -NAT_EINVAL);
	/* Each character that is none of the alphabet. */
	for (int c = 0; c < 256; c++) {
		char text[4] = { 'A', 'A', 'A', (char)c };
		bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
		bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			    (c >= 'a' && c <= 'z') || c == '+' || c == '/' ||
			    c == '=';

		assert_int_equal(
			base64_get(SPAN(back),
				   (struct bytes){ (uint8_t *)text, 4 }) > 0,
			good && !blank);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
