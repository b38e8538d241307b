/* The way out of a session, wherever what is typed is cut in two. */
#include "unit.h"
#include "cmd/escape.h"

/* With room for `room` bytes at a time. */
static size_t type(enum escape *e, struct span to, struct bytes in, size_t room)
{
	size_t n = 0, taken = 1;

	while (taken > 0 && *e != ESCAPE_LEFT) {
		size_t said = escape_pass(e, (struct span){ to.p + n, room },
					  in, &taken);

		n += said;
		in = bytes_tail(in, taken);
		taken += said;
	}
	return n;
}

static void assert_typed(const char *typed, const char *passed, bool left)
{
	struct bytes in = bytes_of(typed), out = bytes_of(passed);

	each_split(at, in.n)
	{
		for (size_t room = 1; room < 20; room += 9) {
			enum escape e = ESCAPE_START;
			uint8_t to[64];
			size_t n = type(&e, SPAN(to), bytes_head(in, at), room);

			n += type(&e, (struct span){ to + n, sizeof to - n },
				  bytes_tail(in, at), room);
			assert_bytes_equal(((struct bytes){ to, n }), out);
			assert_int_equal(e == ESCAPE_LEFT, left);
		}
	}
}

static void he_leaves_by_it(void **state)
{
	(void)state;
	assert_typed("~.", "", true);
	assert_typed("ls\r~.no more", "ls\r", true);
	assert_typed("a\n~.", "a\n", true);
}

static void nothing_else_is_lost(void **state)
{
	(void)state;
	assert_typed("ls ~.\r", "ls ~.\r", false);
	assert_typed("~~.", "~.", false);
	assert_typed("~/bin\r~x~.\r~", "~/bin\r~x~.\r", false);
	assert_typed("\r\r~\r~\r", "\r\r~\r~\r", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(he_leaves_by_it),
		cmocka_unit_test(nothing_else_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
