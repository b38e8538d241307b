#include "unit.h"
#include "app/client/relays.h"

static unsigned said;

static void count(struct diag *d, const char *text)
{
	(void)d, (void)text;
	said++;
}

#define TEN "abcdefghij"
#define FIFTY TEN TEN TEN TEN TEN
#define HOST255 FIFTY FIFTY FIFTY FIFTY FIFTY "abcde"

/* What --relay takes, and how it is called from then on. */
static const struct {
	const char *text, *shown; /* NULL: refused */
} tab[] = {
	{ "vps.example.net", "vps.example.net:8888" },
	{ "vps.example.net:80", "vps.example.net:80" },
	{ "192.0.2.1", "192.0.2.1:8888" },
	{ "192.0.2.1:1", "192.0.2.1:1" },
	{ "2001:db8::1", "[2001:db8::1]:8888" },
	{ "[2001:db8::1]", "[2001:db8::1]:8888" },
	{ "[::1]:65535", "[::1]:65535" },
	{ ":7000", "127.0.0.1:7000" },
	{ "7000", "127.0.0.1:7000" },
	{ "vps:0", NULL },
	{ "vps:65536", NULL },
	{ "2001:db8::1::2", NULL },
	{ "", NULL },
	{ HOST255, HOST255 ":8888" },
	{ HOST255 "h:1", NULL },
};

static void each_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct opt_list list = { .n = 1, .v = { tab[i].text } };
		struct diag d = { .say = count, .where = "x" };
		char text[300];
		struct fmt f = fmt_to(SPAN(text));
		struct relays r;
		int rc;

		said = 0;
		rc = relays_init(&r, &list, &d);
		assert_int_equal(rc, tab[i].shown ? 0 : -NAT_ECONF);
		assert_int_equal(said, tab[i].shown ? 0 : 1);
		if (!tab[i].shown)
			continue;
		relays_print(&f, &r);
		assert_string_equal(fmt_text(&f), tab[i].shown);
	}
}

static void none_at_all(void **state)
{
	struct opt_list list = { .n = 0 };
	struct diag d = { .say = count, .where = "x" };
	struct relays r;

	(void)state;
	said = 0;
	assert_int_equal(relays_init(&r, &list, &d), -NAT_ECONF);
	assert_int_equal(said, 1);
}

/* "a b" -> "b c", with number now of the first in use. */
static const struct {
	const char *was[3], *is[3];
	uint32_t now;
	enum relays_new how;
	const char *shown;
} moves[] = {
	{ { "a", "b" }, { "a", "b" }, 1, RELAYS_SAME, "b:8888" },
	{ { "a" }, { "a:8888" }, 0, RELAYS_SAME, "a:8888" },
	{ { "a", "b" }, { "b", "c" }, 1, RELAYS_KEPT, "b:8888" },
	{ { "a", "b" }, { "b", "c" }, 0, RELAYS_GONE, "b:8888" },
	{ { "a" }, { "b", "a", "a" }, 0, RELAYS_KEPT, "a:8888" },
	{ { "a", "b", "c" }, { "c" }, 2, RELAYS_KEPT, "c:8888" },
	{ { "a" }, { "a:1" }, 0, RELAYS_GONE, "a:1" },
	{ { "a" }, { "a", "b" }, 0, RELAYS_KEPT, "a:8888" },
};

static struct opt_list list_of(const char *const v[3])
{
	struct opt_list list = { .n = 0 };

	while (list.n < 3 && v[list.n]) {
		list.v[list.n] = v[list.n];
		list.n++;
	}
	return list;
}

static void another_list(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(moves); i++) {
		struct opt_list was = list_of(moves[i].was),
				is = list_of(moves[i].is);
		char lent[16], text[64];
		struct fmt held = fmt_to(SPAN(lent)), f = fmt_to(SPAN(text));
		struct relays r;

		fmt_put(&held, "%s", is.v[0]);
		is.v[0] = fmt_text(&held);
		assert_int_equal(relays_init(&r, &was, NULL), 0);
		r.now = moves[i].now;
		r.said[r.now] = 1;
		assert_int_equal(relays_take(&r, &is), moves[i].how);
		assert_int_equal(r.said[r.now], moves[i].how == RELAYS_SAME);
		memset(lent, '!', sizeof lent); /* the settings may go */
		relays_print(&f, &r);
		assert_string_equal(fmt_text(&f), moves[i].shown);
		assert_int_equal(r.n, is.n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form),
		cmocka_unit_test(none_at_all),
		cmocka_unit_test(another_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
