#include "unit.h"
#include "base/uci.h"

/* What a text reads as: "C type name|O key value|L key value|!number why|". */
static void read_all(struct fmt *f, struct span text)
{
	static const char letters[] = "?COL";
	struct uci u;
	struct uci_line line;
	const char *why = NULL;
	unsigned last = 0;
	int rc;

	uci_init(&u, text);
	while ((rc = uci_next(&u, &line, &why)) < 0 || line.kind != UCI_END) {
		assert_true(line.number > last);
		last = line.number;
		if (rc < 0)
			fmt_put(f, "!%u %s|", line.number, why);
		else
			fmt_put(f, "%c %s %s|", letters[line.kind], line.name,
				line.value);
	}
	assert_int_equal(uci_next(&u, &line, &why), 0);
	assert_int_equal(line.kind, UCI_END);
}

/* In memory whose end, one byte behind the text, is flush against a guard. */
static const char *read_text(struct span to, struct bytes text)
{
	struct fmt f = fmt_to(to);
	struct guard g;
	struct span in = guard_span(&g, text.n + 1);

	memcpy(in.p, text.p, text.n);
	in.p[text.n] = 'X';
	in.n = text.n;
	read_all(&f, in);
	guard_free(&g);
	assert_false(f.full);
	return fmt_text(&f);
}

static const struct {
	const char *in, *out;
} cases[] = {
	{ "", "" },
	{ "\n\n  \t\n", "" },
	{ "config relay", "C relay |" },
	{ "config relay 'a b'\n", "C relay a b|" },
	{ "config 'client' vps\r\n", "C client vps|" },
	{ "\toption listen '[::]:8888'\n", "O listen [::]:8888|" },
	{ "option a \"x\"\nlist b 'y'", "O a x|L b y|" },
	{ "option a ''", "O a |" },
	{ "option a \"\"", "O a |" },
	{ "option a 'it'\\''s'", "O a it's|" },
	{ "option a b'c d'\"e f\"g", "O a bc de fg|" },
	{ "option a 'no \\ escape'", "O a no \\ escape|" },
	{ "option a \"q\\\"q \\\\ \\x\"", "O a q\"q \\ x|" },
	{ "option a one\\ word", "O a one word|" },
	{ "option a 'tab\there'", "O a tab\there|" },
	{ "option a b#c", "O a b#c|" },
	{ "option a '#c'", "O a #c|" },
	{ "option a b # c d e", "O a b|" },
	{ "option a b #", "O a b|" },
	{ "# config x\nconfig y #'", "C y |" },
	{ "package network\nconfig x", "C x |" },
	{ "  config   x\t y  ", "C x y|" },
	/* what is wrong, with the line, and on with the next */
	{ "frob a b\nconfig x", "!1 expected config, option or list|C x |" },
	{ "\nconfig", "!2 config wants a type, and maybe a name|" },
	{ "config ''", "!1 config wants a type, and maybe a name|" },
	{ "config a b c", "!1 config wants a type, and maybe a name|" },
	{ "option a", "!1 option wants a name and a value|" },
	{ "option '' b", "!1 option wants a name and a value|" },
	{ "option a b c", "!1 option wants a name and a value|" },
	{ "option a b c d e f", "!1 option wants a name and a value|" },
	{ "list a", "!1 list wants a name and a value|" },
	{ "package", "!1 package wants a name|" },
	{ "package a b", "!1 package wants a name|" },
	{ "option a 'b\noption c d'", "!1 a quote is not closed|"
				      "!2 a quote is not closed|" },
	{ "option a \"b\\", "!1 a quote is not closed|" },
	{ "option a \"b\\\"", "!1 a quote is not closed|" },
	{ "option a b\\\nconfig x", "!1 nothing follows the backslash|C x |" },
	{ "option a b\001\nconfig x", "!1 a control character|C x |" },
	{ "option a b\rc", "!1 a control character|" },
	{ "option a 'b\177'", "!1 a control character|" },
	{ "''", "!1 expected config, option or list|" },
};

static void test_cases(void **state)
{
	char out[512];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(read_text(SPAN(out), bytes_of(cases[i].in)),
				    cases[i].out);
}

static void test_nul_is_wrong(void **state)
{
	char out[512];

	(void)state;
	assert_string_equal(
		read_text(SPAN(out), BYTES("option a b\0c\nlist d e")),
		"!1 a control character|L d e|");
}

/* Whatever is cut off, all lines before the last read as they did. */
static void test_prefixes(void **state)
{
	static const char text[] = "config relay 'it'\\''s'\n"
				   "\toption a \"b\\\" c\" # d\n"
				   "frob\n"
				   "\tlist e f\\ g\r\n"
				   "config client\n";
	char whole[512], out[512];

	(void)state;
	read_text(SPAN(whole), BYTES(text));
	each_split(n, sizeof(text) - 1)
	{
		size_t lines = 0;

		read_text(SPAN(out), (struct bytes){ (const void *)text, n });
		for (size_t i = 0, at = 0; i < n; i++) {
			if (text[i] != '\n')
				continue;
			at = (size_t)(strchr(whole + lines, '|') - whole) + 1;
			assert_memory_equal(out, whole, at);
			lines = at;
		}
	}
}

static void test_long_lines(void **state)
{
	enum { LONG = 100000 };
	char *text = malloc(LONG + 16);
	struct uci u;
	struct uci_line line;
	const char *why;

	(void)state;
	assert_non_null(text);
	memcpy(text, "option a ", 9);
	memset(text + 9, 'x', LONG);
	text[9 + LONG] = '\n';
	uci_init(&u, (struct span){ (uint8_t *)text, LONG + 10 });
	assert_int_equal(uci_next(&u, &line, &why), 0);
	assert_int_equal(strlen(line.value), LONG);
	memset(text, ' ', LONG);
	uci_init(&u, (struct span){ (uint8_t *)text, LONG });
	assert_int_equal(uci_next(&u, &line, &why), 0);
	assert_int_equal(line.kind, UCI_END);
	free(text);
}

/* What uci_quote writes, uci_next reads back, whatever the bytes. */
static void test_quote(void **state)
{
	static const char alphabet[] = "ab'\"\\# \t$";
	uint64_t seed = 1;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		char value[16], text[128], out[128], want[64];
		struct fmt f = fmt_to(SPAN(text)), w = fmt_to(SPAN(want));
		size_t n = unit_rand(&seed) % sizeof(value);

		for (size_t k = 0; k < n; k++)
			value[k] = alphabet[unit_rand(&seed) %
					    (sizeof(alphabet) - 1)];
		fmt_put(&f, "list key ");
		uci_quote(&f, (struct bytes){ (uint8_t *)value, n });
		fmt_put(&w, "L key %.*s|", (int)n, value);
		assert_string_equal(read_text(SPAN(out), fmt_done(&f)),
				    fmt_text(&w));
	}
}

/* Any bytes at all: it ends, and stays within its memory. */
static void test_noise(void **state)
{
	static const char alphabet[] =
		"config option list 'x\"\\#\n\r\t \n\n'a";
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		uint8_t text[64];
		char out[4096];
		size_t n = unit_rand(&seed) % sizeof(text);

		for (size_t k = 0; k < n; k++)
			text[k] = (uint8_t)
				alphabet[unit_rand(&seed) % sizeof(alphabet)];
		read_text(SPAN(out), (struct bytes){ text, n });
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_nul_is_wrong),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_long_lines),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
