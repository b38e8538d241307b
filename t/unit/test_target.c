#include "unit.h"
#include "wire/target.h"

#define NAME64 \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void parse(void **state)
{
	static const struct {
		const char *text, *owner, *service; /* owner NULL: refused */
	} tab[] = {
		{ "router1/ssh", "router1", "ssh" },
		{ "a/b", "a", "b" },
		{ "a.b-c_d/tcp-22", "a.b-c_d", "tcp-22" },
		{ NAME64 "/" NAME64, NAME64, NAME64 },
		{ "", NULL, NULL },
		{ "ssh", NULL, NULL },
		{ "/", NULL, NULL },
		{ "/ssh", NULL, NULL },
		{ "router1/", NULL, NULL },
		{ "a/b/c", NULL, NULL },
		{ "*/ssh", NULL, NULL },
		{ "a/*", NULL, NULL },
		{ "a /b", NULL, NULL },
		{ "a/b=1", NULL, NULL },
		{ NAME64 "a/b", NULL, NULL },
		{ "a/" NAME64 "b", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct target t = { BYTES("as"), BYTES("it was") };
		struct guard g;
		int rc = target_parse(&t,
				      guard_bytes(&g, bytes_of(tab[i].text)));

		assert_int_equal(rc, tab[i].owner ? 0 : -NAT_EINVAL);
		assert_bytes_equal(t.owner, bytes_of(rc ? "as" : tab[i].owner));
		assert_bytes_equal(t.service,
				   bytes_of(rc ? "it was" : tab[i].service));
		guard_free(&g);
	}
}

static void lists(void **state)
{
	static const struct {
		const char *list;
		bool good;
	} tab[] = {
		{ "a/b", true },       { "a/b,c/d", true },  { "*/*", true },
		{ "a/*,*/ssh", true }, { "", false },        { "a", false },
		{ "a/b,,c/d", false }, { ",a/b", false },    { "a*/b", false },
		{ "a/**", false },     { "a/b c/d", false }, { "*", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes list = guard_bytes(&g, bytes_of(tab[i].list));

		assert_int_equal(targets_good(list), tab[i].good);
		guard_free(&g);
	}
}

static void have(void **state)
{
	static const struct {
		const char *list, *one;
		bool has;
	} tab[] = {
		{ "a/b", "a/b", true },       { "a/b", "a/c", false },
		{ "a/b", "b/b", false },      { "a/b", "A/b", false },
		{ "a/b", "aa/b", false },     { "a/b,c/d", "c/d", true },
		{ "a/b,c/d", "a/d", false },  { "a/*", "a/ssh", true },
		{ "a/*", "b/ssh", false },    { "*/ssh", "b/ssh", true },
		{ "*/ssh", "b/sshd", false }, { "*/*", "x/y", true },
		{ "", "a/b", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct guard g;
		struct bytes list = guard_bytes(&g, bytes_of(tab[i].list));
		struct target t;

		assert_int_equal(target_parse(&t, bytes_of(tab[i].one)), 0);
		assert_int_equal(targets_have(list, &t), tab[i].has);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse),
		cmocka_unit_test(lists),
		cmocka_unit_test(have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
