/* What configurations of natpass are written in: values and where they stand, what
 * is refused; input ends at the edge of a page.
 */
#include "unit.h"
#include "base/fmt.h"
#include "wire/yaml.h"

static void put_place(struct fmt *f, const struct yaml *y)
{
	for (unsigned i = 0; i < y->depth; i++) {
		const struct yaml_level *l = &y->levels[i];

		fmt_put(f, i ? "." : "");
		if (l->key.p)
			fmt_bytes(f, l->key);
		else
			fmt_put(f, "%lu", (unsigned long)l->item);
	}
	fmt_put(f, "=");
	fmt_bytes(f, y->value);
	fmt_put(f, "\n");
}

/* All that is read, a line each; or what is wrong. */
static void assert_read(const char *text, const char *expected)
{
	static char said[8192];
	struct fmt f = fmt_to(SPAN(said));
	struct guard g;
	struct span copy = guard_span(&g, strlen(text));
	const char *why = NULL;
	struct yaml y;
	int rc;

	memcpy(copy.p, text, copy.n);
	yaml_init(&y, copy);
	while ((rc = yaml_next(&y, &why)) == 1)
		put_place(&f, &y);
	if (rc < 0)
		fmt_put(&f, "%u: %s\n", y.line, why);
	assert_string_equal(fmt_text(&f), expected);
	guard_free(&g);
}

static void keys_and_lists(void **state)
{
	(void)state;
	assert_read("---\n# all of it\nid: this # me\nlink:\n"
		    "  read_timeout: 1s\n\n  write_timeout: 2s\r\nlast:\n",
		    "id=this\nlink=\nlink.read_timeout=1s\n"
		    "link.write_timeout=2s\nlast=\n");
	assert_read("rules:\n- name: a\n  env:\n  - A=b\n  - \"C=d # e\"\n"
		    "  fps: 10\n-   name: b\n    type: vnc\nid: x",
		    "rules=\nrules.0.name=a\nrules.0.env=\nrules.0.env.0=A=b\n"
		    "rules.0.env.1=C=d # e\nrules.0.fps=10\nrules.1.name=b\n"
		    "rules.1.type=vnc\nid=x\n");
	assert_read(
		"  rules:\n    -\n      name: a\n    - just so\n  id: x\n",
		"rules=\nrules.0=\nrules.0.name=a\nrules.1=just so\nid=x\n");
}

static void values(void **state)
{
	(void)state;
	assert_read("a: http://x:1/#y # z\nb: 'it''s'\nc: \"a\\\"\\\\\\t\"\n"
		    "d: ''\ne: x'y\"z\nf: [::]:1\n",
		    "a=http://x:1/#y\nb=it's\nc=a\"\\\t\nd=\ne=x'y\"z\n"
		    "6: is not of the YAML that natpass uses\n");
	assert_read("a:b: c\n:d: e", "a:b=c\n:d=e\n");
}

static void what_is_wrong(void **state)
{
	(void)state;
	assert_read("a: 'x", "1: a quote is not closed\n");
	assert_read("a: \"x\\", "1: a quote is not closed\n");
	assert_read("a: \"\\x41\"",
		    "1: an escape is none of \\\" \\\\ \\/ \\t \\n\n");
	assert_read("a: 'x' y", "1: something follows a quote\n");
	assert_read("\ta: x", "1: is indented by a tab\n");
	assert_read("a", "1: is no key: value\n");
	assert_read("a: b\n  c: d",
		    "a=b\n2: stands too deep, or not deep enough\n");
	assert_read("a:\n    b: c\n  d: e",
		    "a=\na.b=c\n3: stands too deep, or not deep enough\n");
	assert_read("a: b\n- c",
		    "a=b\n2: stands too deep, or not deep enough\n");
	assert_read("a:\n- - b", "a=\n2: is a list right within a list\n");
	assert_read("a: &b c", "1: is not of the YAML that natpass uses\n");
	assert_read(
		"a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n"
		"       h:\n        i: x",
		"a=\na.b=\na.b.c=\na.b.c.d=\na.b.c.d.e=\na.b.c.d.e.f=\n"
		"a.b.c.d.e.f.g=\na.b.c.d.e.f.g.h=\n9: is nested too deep\n");
}

static void where_it_is(void **state)
{
	char text[] = "rules:\n- name: a\n";
	const char *why;
	struct yaml y;

	(void)state;
	yaml_init(&y, (struct span){ (uint8_t *)text, sizeof text - 1 });
	assert_int_equal(yaml_next(&y, &why), 1);
	assert_true(yaml_is(&y, "rules"));
	assert_int_equal(yaml_next(&y, &why), 1);
	assert_true(yaml_is(&y, "rules.*.name"));
	assert_false(yaml_is(&y, "rules.*"));
	assert_false(yaml_is(&y, "rules.*.names"));
	assert_false(yaml_is(&y, "rules.*.nam"));
	assert_int_equal(yaml_next(&y, &why), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_and_lists),
		cmocka_unit_test(values),
		cmocka_unit_test(what_is_wrong),
		cmocka_unit_test(where_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
