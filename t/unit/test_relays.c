#include "unit.h"
#include "app/client/relays.h"

static unsigned said;

static void count(struct diag *d, const char *text)
{
	(void)d, (void)text;
	said++;
}

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
};

static void each_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++) {
		struct opt_list list = { .n = 1, .v = { tab[i].text } };
		struct diag d = { .say = count, .where = "x" };
		char text[64];
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form),
		cmocka_unit_test(none_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
