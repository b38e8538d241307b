/* roster: two trackers tell of members, who is gone is gone with the last. */
#include "unit.h"
#include "app/members/roster.h"

static struct roster r;
static char log_of[512];
static struct fmt told;

static void changed(struct roster *of, const struct roster_row *row, bool here)
{
	(void)of;
	fmt_put(&told, "%c%.*s,%.*s ", here ? '+' : '-', row->public_n,
		(const char *)row->public, row->lan_n, (const char *)row->lan);
}

static void hear(unsigned tracker, const char *answer, const char *changes)
{
	struct guard g;

	told = fmt_to(SPAN(log_of));
	roster_hear(&r, tracker, guard_bytes(&g, bytes_of(answer)));
	guard_free(&g);
	assert_string_equal(fmt_text(&told), changes);
}

static void life(void **state)
{
	(void)state;
	memset(&r, 0, sizeof r);
	r.changed = changed;
	hear(0, "me\na\nb;10.0.0.1\n;cookie=1", "+a, +b,10.0.0.1 ");
	hear(1, "me\nb;10.0.0.1\nc", "+c, ");
	hear(0, "me\na\na", "");
	hear(0, "me", "-a, ");
	hear(15, "me\nd", "+d, ");
	hear(1, "me", "-b,10.0.0.1 -c, ");
	hear(15, "", "-d, ");
}

/* What a terminal would obey, what is too long or too much. */
static void hostile(void **state)
{
	char text[16384];
	struct fmt f = fmt_to(SPAN(text));
	size_t n = 0;

	(void)state;
	memset(&r, 0, sizeof r);
	r.changed = changed;
	hear(0, "me\n\x1b[2J\nb;\x07\n\xff\n;x", "");
	r.changed = NULL;
	fmt_put(&f, "me");
	for (unsigned i = 0; i < 2 * ROSTER_MOST; i++)
		fmt_put(&f, "\n%u", i);
	roster_hear(&r, 0, fmt_done(&f));
	for (size_t i = 0; i < ROSTER_MOST; i++)
		n += r.rows[i].by != 0;
	assert_int_equal(n, ROSTER_MOST);
	roster_hear(&r, 0, BYTES("me"));
	for (size_t i = 0; i < ROSTER_MOST; i++)
		assert_int_equal(r.rows[i].by, 0);
}

static void words(void **state)
{
	(void)state;
	assert_bytes_equal(roster_self(BYTES("1.1.1.1:1;x\nb")),
			   BYTES("1.1.1.1:1"));
	assert_int_equal(roster_self(BYTES("")).n, 0);
	assert_bytes_equal(roster_cookie(BYTES("a\n;cookie=77")), BYTES("77"));
	assert_int_equal(roster_cookie(BYTES("a\nb,cookie=77")).n, 0);
	assert_int_equal(
		roster_cookie(BYTES("a\n;cookie=0123456789012345678901234567"
				    "890123456789"))
			.n,
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(life),
		cmocka_unit_test(hostile),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
