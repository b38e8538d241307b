#include "unit.h"
#include "wire/json.h"
#include <dirent.h>

#define VECTORS "../shared/vectors/json/"

/* ---- json_scan ---- */

static const struct {
	const char *in;
	long want;
} scans[] = {
	{ "{}", 2 },
	{ " \t\r\n{}", 6 },
	{ "{}{}", 2 },
	{ "{\"a\":{\"b\":1}}x", 13 },
	{ "{\"a\":\"}\"}{", 9 },
	{ "{\"a\":\"{\"}", 9 },
	{ "{\"a\":\"\\\"}\"}", 11 },
	{ "{\"a\":\"\\\\\"}{}", 10 },
	{ "{\"a\":\"\\\\\\\"}", 0 },
	{ "{[}", 3 }, /* for json_parse to refuse */
	{ "", 0 },
	{ "   ", 0 },
	{ "{", 0 },
	{ "{\"", 0 },
	{ "{{}", 0 },
	{ "}", -NAT_EPROTO },
	{ "[{}]", -NAT_EPROTO },
	{ "\"{}\"", -NAT_EPROTO },
	{ "  x{}", -NAT_EPROTO },
	{ "\xef\xbb\xbf{}", -NAT_EPROTO },
	{ "{\"0123456\":1}", 13 },
	{ "{\"0123456\":12}", -NAT_EROOM },
	{ "{\"0123456789", 0 },
	{ "{\"01234567890", -NAT_EROOM },
	{ "             ", -NAT_EROOM },
	{ "            {}", -NAT_EROOM },
};
enum { MOST = 13 };

static void scan_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scans); i++) {
		struct json_scan s = { .at = 0 };
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(scans[i].in));

		assert_int_equal(json_scan(&s, in, MOST), scans[i].want);
		if (scans[i].want > 0)
			assert_true(s.at == 0 && s.depth == 0 && !s.in_string);
		guard_free(&g);
	}
}

/* The same verdict, however the bytes come. */
static void scan_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scans); i++) {
		struct bytes in = bytes_of(scans[i].in);

		each_split(at, in.n)
		{
			struct json_scan s = { .at = 0 };
			long got = json_scan(&s, bytes_head(in, at), MOST);

			if (got == 0)
				got = json_scan(&s, in, MOST);
			assert_int_equal(got, scans[i].want);
		}
	}
}

static void scan_bytewise(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scans); i++) {
		struct bytes in = bytes_of(scans[i].in);
		struct json_scan s = { .at = 0 };
		long got = 0;

		for (size_t n = 0; n <= in.n && got == 0; n++)
			got = json_scan(&s, bytes_head(in, n), MOST);
		assert_int_equal(got, scans[i].want);
		if (got > 0) /* not a byte before the end */
			assert_int_equal(in.p[got - 1], '}');
		if (got < 0) /* and an error stays */
			assert_int_equal(json_scan(&s, in, MOST), got);
	}
}

static void scan_several(void **state)
{
	static const char text[] = "{\"a\":1}\n{} {\"b\":\"}{\"}{\"c\":{}} {";
	static const long lengths[] = { 7, 3, 11, 8, 0 };
	struct bytes in = BYTES(text);
	struct json_scan s = { .at = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		long n = json_scan(&s, in, 100);

		assert_int_equal(n, lengths[i]);
		in = bytes_tail(in, (size_t)n);
	}
	assert_int_equal(in.n, 2);
}

static void scan_deep(void **state)
{
	static uint8_t deep[70000];
	struct json_scan s = { .at = 0 };

	(void)state;
	memset(deep, '{', sizeof deep);
	assert_int_equal(json_scan(&s, bytes_in(SPAN(deep)), sizeof deep + 1),
			 -NAT_EPROTO);
}

/* ---- json_parse ---- */

static int parse(const char *text, unsigned depth)
{
	struct json v;

	return json_parse(&v, bytes_of(text), depth);
}

static void check_vector(const char *name)
{
	char path[300] = VECTORS;
	struct span file;
	struct guard g;
	struct json v;
	int got;

	strncat(path, name, 255);
	file = unit_file(path);
	got = json_parse(&v, guard_bytes(&g, bytes_in(file)), 600);
	if ((name[0] == 'y' && got != 0) || (name[0] == 'n' && got == 0))
		fail_msg("%s: %d", name, got);
	if (got == 0 && v.type == JSON_OBJECT) {
		struct json_member m = { .at = 0 };

		while (json_next(&v, &m))
			assert_true(m.at <= v.text.n);
		assert_int_equal(v.text.p[v.text.n - 1], '}');
	}
	guard_free(&g);
	free(file.p);
}

static void parse_suite(void **state)
{
	DIR *dir = opendir(VECTORS);
	struct dirent *entry;
	unsigned n = 0;

	(void)state;
	if (dir == NULL) {
		print_message("no " VECTORS ": JSONTestSuite is left out\n");
		skip();
	}
	while ((entry = readdir(dir)) != NULL) {
		if (strstr(entry->d_name, ".json") == NULL)
			continue;
		check_vector(entry->d_name);
		n++;
	}
	closedir(dir);
	assert_true(n >= 300);
}

static const struct {
	const char *text;
	int want;
	enum json_type type;
	const char *slice;
} values[] = {
	{ " null ", 0, JSON_NULL, "null" },
	{ "true", 0, JSON_TRUE, "true" },
	{ "\tfalse\n", 0, JSON_FALSE, "false" },
	{ "-0.5e+10 ", 0, JSON_NUMBER, "-0.5e+10" },
	{ " \"a\\u00e9\" ", 0, JSON_STRING, "a\\u00e9" },
	{ "\"\"", 0, JSON_STRING, "" },
	{ " [1, [ ] ,{}] ", 0, JSON_ARRAY, "[1, [ ] ,{}]" },
	{ " { \"a\" : [ { } ] } ", 0, JSON_OBJECT, "{ \"a\" : [ { } ] }" },
	{ "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", 0, JSON_STRING,
	  "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80" },
	{ "", -NAT_EPROTO, 0, "" },
	{ " ", -NAT_EPROTO, 0, "" },
	{ "{}{}", -NAT_EPROTO, 0, "" },
	{ "{]", -NAT_EPROTO, 0, "" },
	{ "[}", -NAT_EPROTO, 0, "" },
	{ "[{]}", -NAT_EPROTO, 0, "" },
	{ "{\"a\":1]", -NAT_EPROTO, 0, "" },
	{ "{\"a\":1,}", -NAT_EPROTO, 0, "" },
	{ "[,1]", -NAT_EPROTO, 0, "" },
	{ "[1 2]", -NAT_EPROTO, 0, "" },
	{ "01", -NAT_EPROTO, 0, "" },
	{ "1.", -NAT_EPROTO, 0, "" },
	{ "+1", -NAT_EPROTO, 0, "" },
	{ "\"\\x\"", -NAT_EPROTO, 0, "" },
	{ "\"\\u12g4\"", -NAT_EPROTO, 0, "" },
	{ "\"\x1f\"", -NAT_EPROTO, 0, "" },
	{ "\"\xc0\x80\"", -NAT_EPROTO, 0, "" },
	{ "\"\xed\xa0\x80\"", -NAT_EPROTO, 0, "" },
	{ "\"\xf4\x90\x80\x80\"", -NAT_EPROTO, 0, "" },
	{ "\"\xe2\x82\"", -NAT_EPROTO, 0, "" },
	{ "nul", -NAT_EPROTO, 0, "" },
};

static void parse_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		struct json v;
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(values[i].text));

		assert_int_equal(json_parse(&v, in, 8), values[i].want);
		if (values[i].want == 0) {
			assert_int_equal(v.type, values[i].type);
			assert_bytes_equal(v.text, bytes_of(values[i].slice));
		}
		guard_free(&g);
	}
}

static void parse_depth(void **state)
{
	static char text[2 * 1025 + 1];

	(void)state;
	assert_int_equal(parse("1", 0), 0);
	assert_int_equal(parse("[]", 0), -NAT_EPROTO);
	assert_int_equal(parse("[{\"a\":[]},[[]]]", 3), 0);
	assert_int_equal(parse("[{\"a\":[]},[[]]]", 2), -NAT_EPROTO);
	memset(text, '[', 1024);
	memset(text + 1024, ']', 1024);
	assert_int_equal(parse(text, 1024), 0);
	assert_int_equal(parse(text, 1023), -NAT_EPROTO);
	memset(text, '[', 1025);
	memset(text + 1025, ']', 1025);
	assert_int_equal(parse(text, 1024), -NAT_EPROTO);
}

static void parse_prefixes(void **state)
{
	struct bytes whole = BYTES("{\"a\":[1.5e-3,true,null,{\"b\":\"\\\"\\u00"
				   "41\xf0\x9f\x98\x80\"}],\"c\":\"\\\\\"}");
	struct json v;

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		struct guard g;
		struct bytes head = guard_bytes(&g, bytes_head(whole, n));

		assert_int_equal(json_parse(&v, head, 8), -NAT_EPROTO);
		guard_free(&g);
	}
	assert_int_equal(json_parse(&v, whole, 8), 0);
}

/* ---- json_next ---- */

static void next_walks(void **state)
{
	static const struct {
		const char *key;
		enum json_type type;
		const char *text;
	} want[] = {
		{ "a", JSON_NUMBER, "1" },
		{ "b\\n", JSON_OBJECT, "{\"x\" : {}}" },
		{ "", JSON_STRING, "},\\\"" },
		{ "a", JSON_ARRAY, "[1,[2]]" },
	};
	struct bytes text = BYTES(" { \"a\" : 1 , \"b\\n\":{\"x\" : {}},\"\":"
				  "\"},\\\"\",\"a\":[1,[2]] } ");
	struct json_member m = { .at = 0 };
	struct json v;

	(void)state;
	assert_int_equal(json_parse(&v, text, 8), 0);
	for (size_t i = 0; i < COUNT(want); i++) {
		assert_true(json_next(&v, &m));
		assert_bytes_equal(m.key, bytes_of(want[i].key));
		assert_int_equal(m.value.type, want[i].type);
		assert_bytes_equal(m.value.text, bytes_of(want[i].text));
	}
	assert_false(json_next(&v, &m));
	assert_false(json_next(&v, &m));
}

static void next_empty(void **state)
{
	struct json_member m = { .at = 0 };
	struct json v;

	(void)state;
	assert_int_equal(json_parse(&v, BYTES(" {\n} "), 8), 0);
	assert_false(json_next(&v, &m));
}

static void arrays(void **state)
{
	static const struct {
		const char *text;
		const char *want[4];
	} tab[] = {
		{ "[]", { NULL } },
		{ " [ ] ", { NULL } },
		{ "[1]", { "1" } },
		{ " [ 1 , \"a]\" ,[2,3], {\"x\":[]}]",
		  { "1", "a]", "[2,3]", "{\"x\":[]}" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct json_member m = { .key = BYTES("kept"), .at = 0 };
		struct json v;

		assert_int_equal(json_parse(&v, bytes_of(tab[i].text), 8), 0);
		for (size_t k = 0; k < 4 && tab[i].want[k]; k++) {
			assert_true(json_next_value(&v, &m));
			assert_bytes_equal(m.value.text,
					   bytes_of(tab[i].want[k]));
		}
		assert_false(json_next_value(&v, &m));
		assert_false(json_next_value(&v, &m));
		assert_bytes_equal(m.key, BYTES("kept"));
	}
}

/* ---- values ---- */

#define LONE "\xef\xbf\xbd"

static void strings(void **state)
{
	static const struct {
		const char *raw;
		struct bytes want;
	} tab[] = {
		{ "", BYTES("") },
		{ "plain", BYTES("plain") },
		{ "\\\"\\\\\\/\\b\\f\\n\\r\\t", BYTES("\"\\/\b\f\n\r\t") },
		{ "\\u0041\\u00e9\\u20AC", BYTES("A\xc3\xa9\xe2\x82\xac") },
		{ "\\ud83d\\ude00", BYTES("\xf0\x9f\x98\x80") },
		{ "\\uDBFF\\uDFFF", BYTES("\xf4\x8f\xbf\xbf") },
		{ "\\ud83d", BYTES(LONE) },
		{ "\\ud83dx", BYTES(LONE "x") },
		{ "\\ud83d\\n", BYTES(LONE "\n") },
		{ "\\ude00\\ud83d", BYTES(LONE LONE) },
		{ "\\ud83d\\ud83d\\ude00", BYTES(LONE "\xf0\x9f\x98\x80") },
		{ "\\ud83d\\u0041", BYTES(LONE "A") },
		{ "\\ude00\\ude00", BYTES(LONE LONE) },
		{ "a\\u0000b", BYTES("a\0b") },
		{ "\\u007f\\u0080\\u07ff\\u0800\\uffff",
		  BYTES("\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct json v = { JSON_STRING, bytes_of(tab[i].raw) };
		struct guard g;
		struct fmt f = fmt_to(guard_span(&g, tab[i].want.n));

		assert_int_equal(json_string(&f, &v), 0);
		assert_bytes_equal(fmt_done(&f), tab[i].want);
		guard_free(&g);
		if (tab[i].want.n == 0)
			continue;
		f = fmt_to(guard_span(&g, tab[i].want.n - 1));
		assert_int_equal(json_string(&f, &v), -NAT_EROOM);
		guard_free(&g);
	}
}

static void string_of_others(void **state)
{
	struct json v = { JSON_NUMBER, BYTES("1") };
	uint8_t room[8];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	assert_int_equal(json_string(&f, &v), -NAT_EINVAL);
	assert_int_equal(f.n, 0);
}

static void uints(void **state)
{
	static const struct {
		enum json_type type;
		const char *text;
		uint64_t max;
		int want;
		uint64_t n;
	} tab[] = {
		{ JSON_NUMBER, "0", 0, 0, 0 },
		{ JSON_NUMBER, "1", 0, -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "65535", 65535, 0, 65535 },
		{ JSON_STRING, "65535", 65535, 0, 65535 },
		{ JSON_NUMBER, "65536", 65535, -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "18446744073709551615", UINT64_MAX, 0,
		  UINT64_MAX },
		{ JSON_NUMBER, "18446744073709551616", UINT64_MAX, -NAT_EINVAL,
		  0 },
		{ JSON_NUMBER, "99999999999999999999999", UINT64_MAX,
		  -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "-1", 9, -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "-0", 9, -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "1.0", 9, -NAT_EINVAL, 0 },
		{ JSON_NUMBER, "1e0", 9, -NAT_EINVAL, 0 },
		{ JSON_STRING, "", 9, -NAT_EINVAL, 0 },
		{ JSON_STRING, " 1", 9, -NAT_EINVAL, 0 },
		{ JSON_STRING, "\\u0031", 9, -NAT_EINVAL, 0 },
		{ JSON_TRUE, "true", 9, -NAT_EINVAL, 0 },
		{ JSON_ARRAY, "[1]", 9, -NAT_EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct json v = { tab[i].type, bytes_of(tab[i].text) };
		uint64_t n = 0;

		assert_int_equal(json_uint(&v, tab[i].max, &n), tab[i].want);
		assert_true(n == tab[i].n);
	}
}

/* ---- json_put_string ---- */

static void put_strings(void **state)
{
	static const struct {
		struct bytes text;
		const char *want;
	} tab[] = {
		{ BYTES(""), "\"\"" },
		{ BYTES("a/b\x7f"), "\"a/b\x7f\"" },
		{ BYTES("\"\\\b\f\n\r\t"), "\"\\\"\\\\\\b\\f\\n\\r\\t\"" },
		{ BYTES("\0\x01\x1f"), "\"\\u0000\\u0001\\u001f\"" },
		{ BYTES("\xc3\xa9\xf0\x9f\x98\x80"),
		  "\"\xc3\xa9\xf0\x9f\x98\x80\"" },
		{ BYTES("a\xff\xc3z"), "\"a" LONE LONE "z\"" },
		{ BYTES("\xc0\x80"), "\"" LONE LONE "\"" },
		{ BYTES("\xe2\x82"), "\"" LONE LONE "\"" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard in, out;
		struct bytes text = guard_bytes(&in, tab[i].text);
		struct fmt f = fmt_to(guard_span(&out, strlen(tab[i].want)));

		json_put_string(&f, text);
		assert_false(f.full);
		assert_bytes_equal(fmt_done(&f), bytes_of(tab[i].want));
		f = fmt_to((struct span){ f.to.p, f.to.n - 1 });
		json_put_string(&f, text);
		assert_true(f.full);
		guard_free(&in);
		guard_free(&out);
	}
}

/* Whatever is printed parses, and reads as what went in if that was UTF-8. */
static void put_random(void **state)
{
	static const char some[] =
		"a\"\\\n\x01\xc3\xa9\xf0\x9f\x98\x80\xe2\x82";
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		uint8_t text[12], printed[100], again[100], third[100];
		struct bytes in = { text, unit_rand(&seed) % sizeof text };
		struct fmt f = fmt_to(SPAN(printed));
		struct fmt back = fmt_to(SPAN(again));
		struct fmt fixed = fmt_to(SPAN(third));
		struct json v;

		for (size_t i = 0; i < in.n; i++)
			text[i] = (uint8_t)
				some[unit_rand(&seed) % (sizeof some - 1)];
		json_put_string(&f, in);
		assert_int_equal(json_parse(&v, fmt_done(&f), 0), 0);
		assert_int_equal(json_string(&back, &v), 0);
		json_put_string(&fixed, fmt_done(&back));
		assert_bytes_equal(fmt_done(&fixed), fmt_done(&f));
		if (back.n == in.n)
			assert_bytes_equal(fmt_done(&back), in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scan_all),
		cmocka_unit_test(scan_split),
		cmocka_unit_test(scan_bytewise),
		cmocka_unit_test(scan_several),
		cmocka_unit_test(scan_deep),
		cmocka_unit_test(parse_suite),
		cmocka_unit_test(parse_values),
		cmocka_unit_test(parse_depth),
		cmocka_unit_test(parse_prefixes),
		cmocka_unit_test(next_walks),
		cmocka_unit_test(next_empty),
		cmocka_unit_test(arrays),
		cmocka_unit_test(strings),
		cmocka_unit_test(string_of_others),
		cmocka_unit_test(uints),
		cmocka_unit_test(put_strings),
		cmocka_unit_test(put_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
