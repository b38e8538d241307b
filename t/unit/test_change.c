#include "unit.h"
#include "base/change.h"

struct settings {
	bool flag, line;
	uint32_t uint;
	const char *text, *secret;
	int64_t ms;
	struct opt_ports ports;
	struct opt_list list;
};

#define AT(field) offsetof(struct settings, field)
/* clang-format off */
static const struct opt tab[] = {
	{ 0, "a-flag", OPT_FLAG, 0, AT(flag), NULL, NULL, 0, 0, "" },
	{ 0, "of-line", OPT_FLAG, OPT_LINE, AT(line), NULL, NULL, 0, 0, "" },
	{ 0, "max-uint", OPT_UINT, OPT_FIXED, AT(uint), "N", "256", 1, 999, "" },
	{ 0, "text", OPT_TEXT, 0, AT(text), "TEXT", NULL, 0, 0, "" },
	{ 0, "secret", OPT_TEXT, OPT_SECRET, AT(secret), "T", NULL, 0, 0, "" },
	{ 0, "ms", OPT_MS, 0, AT(ms), "TIME", "0", 0, 0, "" },
	{ 0, "ports", OPT_PORTS, 0, AT(ports), "LO-HI", "1-2", 0, 0, "" },
	{ 0, "list", OPT_ADDR, OPT_LIST, AT(list), "ADDR", "1", 0, 0, "" },
	OPT_END
};
/* clang-format on */

static void no_word(struct diag *d, const char *text)
{
	fail_msg("%s: %s", d->where, text);
}

/* The defaults, and one line of a file on top. */
static void make(struct settings *s, const char *name, const char *value)
{
	struct diag d = { no_word, "x", 1, 0 };
	struct opt_line line = { name, value, false };

	memset(s, 0, sizeof *s);
	opt_defaults(tab, s);
	if (name)
		assert_int_equal(opt_file(tab, s, &line, &d), 0);
}

/* One line of before (NULL: none), one of after, and what is said of it. */
static const struct {
	const char *name, *was, *is, *said; /* said NULL: nothing */
} changes[] = {
	{ "a_flag", "0", "1", "a_flag: '0' -> '1'" },
	{ "a_flag", "yes", "1", NULL },
	{ "max_uint", NULL, "10", "max_uint: '256' -> '10'" },
	{ "max_uint", NULL, "256", NULL },
	{ "text", NULL, "it's", "text: none -> 'it'\\''s'" },
	{ "text", "a", NULL, "text: 'a' -> none" },
	{ "text", "", NULL, "text: '' -> none" },
	{ "text", "a", "a", NULL },
	{ "secret", "one", "two", "secret: has changed" },
	{ "secret", NULL, "two", "secret: has changed" },
	{ "secret", "two", "two", NULL },
	{ "ms", NULL, "1500ms", "ms: '0ms' -> '1500ms'" },
	{ "ports", "7", "7-8", "ports: '7' -> '7-8'" },
	{ "ports", "7-7", "7", NULL },
	{ "list", NULL, ":1", "list: '1' -> ':1'" },
	{ "list", "1", NULL, NULL },
};

static void says_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		char one[16] = "", two[16] = "", text[64];
		struct settings was, is;
		struct fmt f = fmt_to(SPAN(text)), a = fmt_to(SPAN(one)),
			   b = fmt_to(SPAN(two));
		const struct opt *row;

		/* equal texts stand in different places */
		fmt_put(&a, "%s", changes[i].was ? changes[i].was : "");
		fmt_put(&b, "%s", changes[i].is ? changes[i].is : "");
		make(&was, changes[i].was ? changes[i].name : NULL,
		     fmt_text(&a));
		make(&is, changes[i].is ? changes[i].name : NULL, fmt_text(&b));
		row = change_next(tab, &was, &is);
		if (!changes[i].said) {
			assert_null(row->name);
			continue;
		}
		change_print(&f, row, &was, &is);
		assert_string_equal(fmt_text(&f), changes[i].said);
		assert_null(change_next(row + 1, &was, &is)->name);
		change_undo(row, &was, &is);
		assert_null(change_next(tab, &was, &is)->name);
	}
}

static void goes_on_to_the_next(void **state)
{
	struct settings was, is;
	const struct opt *row;

	(void)state;
	make(&was, NULL, NULL);
	make(&is, NULL, NULL);
	is.line = true; /* nobody's business */
	is.uint = 1;
	is.ports.hi = 9;
	row = change_next(tab, &was, &is);
	assert_string_equal(row->name, "max-uint");
	row = change_next(row + 1, &was, &is);
	assert_string_equal(row->name, "ports");
	assert_null(change_next(row + 1, &was, &is)->name);
}

static void lists_are_compared_in_full(void **state)
{
	struct settings was, is;
	char text[64];
	struct fmt f = fmt_to(SPAN(text));
	const struct opt *row;

	(void)state;
	make(&was, NULL, NULL);
	make(&is, NULL, NULL);
	is.list.v[is.list.n++] = "[::1]:2";
	row = change_next(tab, &was, &is);
	change_print(&f, row, &was, &is);
	assert_string_equal(fmt_text(&f), "list: '1' -> '1' '[::1]:2'");
	was.list = is.list;
	was.list.from = OPT_BY_LINE; /* where from is no difference */
	assert_null(change_next(tab, &was, &is)->name);
	is.list.v[1] = "[::1]:3";
	assert_ptr_equal(change_next(tab, &was, &is), row);
	is.list.n = 0;
	f = fmt_to(SPAN(text));
	change_print(&f, row, &was, &is);
	assert_string_equal(fmt_text(&f), "list: '1' '[::1]:2' -> none");
	change_undo(row, &was, &is);
	assert_int_equal(is.list.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what),
		cmocka_unit_test(goes_on_to_the_next),
		cmocka_unit_test(lists_are_compared_in_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
