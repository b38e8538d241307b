#include "unit.h"
#include "wire/passfile.h"

static const char text[] = "# who may what\n"
			   "\n"
			   "  of-all open=tcp@box,shell \r\n"
			   "box:of-box\n"
			   "me:a:b open=*@box,udp@*\n"
			   "none:at-all open=";

static struct passfile_line line_of(const char *id)
{
	struct passfile_line line = { .id = { NULL, 0 } };

	assert_true(passfile_find(&line, bytes_of(text), bytes_of(id)));
	return line;
}

static void secrets(void **state)
{
	struct passfile_line line;

	(void)state;
	assert_true(bytes_are(line_of("box").secret, "of-box"));
	assert_true(bytes_are(line_of("me").secret, "a:b"));
	assert_true(bytes_are(line_of("other").secret, "of-all"));
	assert_true(bytes_are(line_of("").secret, "of-all"));
	assert_false(passfile_find(&line, BYTES("a:b"), BYTES("c")));
	assert_true(passfile_find(&line, BYTES("one"), BYTES("c")));
	assert_true(bytes_are(line.secret, "one"));
}

static void rights(void **state)
{
	static const struct {
		const char *id;
		uint32_t type;
		const char *to;
		bool may;
	} tab[] = {
		{ "other", NATPASS_TCP, "box", true },
		{ "other", NATPASS_TCP, "me", false },
		{ "other", NATPASS_SHELL, "me", true },
		{ "other", NATPASS_UDP, "box", false },
		{ "box", NATPASS_CODE, "me", true },
		{ "box", 99, "me", true },
		{ "me", 99, "box", true },
		{ "me", 99, "other", false },
		{ "me", NATPASS_UDP, "other", true },
		{ "none", NATPASS_TCP, "box", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct passfile_line line = line_of(tab[i].id);

		assert_int_equal(
			passfile_opens(&line, tab[i].type, bytes_of(tab[i].to)),
			tab[i].may);
	}
}

struct complaints {
	struct diag diag;
	unsigned line;
};

static void note(struct diag *d, const char *what)
{
	struct complaints *c = container_of(d, struct complaints, diag);

	(void)what;
	c->line = d->line;
}

static void faults(void **state)
{
	static const struct {
		const char *text;
		uint32_t lines;
		unsigned faults;
	} tab[] = {
		{ text, 4, 0 },
		{ "", 0, 0 },
		{ "a\n0123456789\nc", 3, 1 },
		{ "a\nbox:\nc", 3, 1 },
		{ "a\nb shut=x\nc", 3, 1 },
		{ "a\nb open=x\nc", 3, 1 },
		{ "a\nb open=tcp,x@y\nc", 3, 1 },
		{ "a\nb open=tcp open=udp\nc", 3, 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct complaints c = { { .say = note, .where = "f" }, 0 };

		assert_int_equal(passfile_check(bytes_of(tab[i].text), &c.diag),
				 tab[i].lines);
		assert_int_equal(c.diag.count, tab[i].faults);
		assert_int_equal(c.line, tab[i].faults ? 2 : 0);
		assert_int_equal(c.diag.line, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(secrets),
		cmocka_unit_test(rights),
		cmocka_unit_test(faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
