/* track: every form of request, what is silence, answers read line by line. */
#include "unit.h"
#include "wire/track.h"

static int parse(struct track *t, struct bytes b)
{
	struct guard g;
	int rc = track_parse(t, guard_bytes(&g, b));

	guard_free(&g);
	return rc;
}

static void requests(void **state)
{
	static const struct {
		const char *text;
		int kind, fields; /* kind -1: silence */
	} rows[] = {
		{ "//nat", TRACK_ADDRESS, 0 },
		{ "//natx", -1, 0 },
		{ "//nat\n", -1, 0 },
		{ "//NAT", -1, 0 },
		{ "//na", -1, 0 },
		{ "hello", -1, 0 },
		{ "", -1, 0 },
		{ "//51pwn/P2P&E2E/g/0/0", TRACK_JOIN, 3 },
		{ "//51pwn/P2P&E2E/g/0/", TRACK_JOIN, 3 },
		{ "//51pwn/P2P&E2E///", TRACK_JOIN, 3 },
		{ "//51pwn/P2P&E2E/g/0/0/77:5b", TRACK_JOIN, 4 },
		{ "//51pwn/P2P&E2E/g/0/0/77:5b/", TRACK_JOIN, 5 },
		{ "//51pwn/P2P&E2E/g/0/0/77:5b/c0", TRACK_JOIN, 5 },
		{ "//51pwn/P2P&E2E/g/0/0/77:5b/c0/", -1, 0 },
		{ "//51pwn/P2P&E2E/g/0", -1, 0 },
		{ "//51pwn/P2P&E2E/g", -1, 0 },
		{ "//51pwn/P2P&E2E/", -1, 0 },
		{ "//51pwn/P2P&E2E", -1, 0 },
		{ "//51pwn/P2P&E2E/g/0/a\tb", -1, 0 },
		{ "//51pwn/P2P&E2E/g\x7f/0/0", -1, 0 },
		{ "//51pwn/P2P&E2E/\xc3\xa9/0/0", TRACK_JOIN, 3 },
		{ "//tcksvr", TRACK_TRACKERS, 0 },
		{ "//tcksvr/", TRACK_TRACKERS, 0 },
		{ "//tcksvr/1.1.1.1:1;2.2.2.2:2", TRACK_TRACKERS, 0 },
		{ "//tcksvrX", -1, 0 },
		{ "//tcksvr/1.1.1.1:1\n", -1, 0 },
		/* the two that end the original */
		{ "//51pwn/P2P&E2E/127.0.0.1/0/0", TRACK_JOIN, 3 },
		{ "//tcksvr/1.1.1.1:1", TRACK_TRACKERS, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct track t = { .kind = 77 };
		int rc = parse(&t, bytes_of(rows[i].text));

		assert_int_equal(rc, rows[i].kind < 0 ? -NAT_EPROTO : 0);
		if (rc < 0)
			continue;
		assert_int_equal(t.kind, rows[i].kind);
		assert_int_equal(t.fields, rows[i].fields);
	}
}

static void there_and_back(void **state)
{
	static const char *const rows[] = {
		"//nat",
		"//tcksvr",
		"//tcksvr/1.1.1.1:1;[::1]:2",
		"//51pwn/P2P&E2E/46D0F69E/0/192.168.0.56,172.66.0.10/77:5b",
		"//51pwn/P2P&E2E/a//77:5b-192.168.0.56",
		"//51pwn/P2P&E2E/a/1.2.3.4:5/0/m/cookie",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char room[256];
		struct fmt f = fmt_to(SPAN(room));
		struct track t;

		assert_int_equal(track_parse(&t, bytes_of(rows[i])), 0);
		track_print(&f, &t);
		assert_string_equal(fmt_text(&f), rows[i]);
	}
}

static void fields(void **state)
{
	struct track t;

	(void)state;
	assert_int_equal(track_parse(&t, BYTES("//51pwn/P2P&E2E/g/p/l,2/m/c")),
			 0);
	assert_bytes_equal(t.group, BYTES("g"));
	assert_bytes_equal(t.public, BYTES("p"));
	assert_bytes_equal(t.lan, BYTES("l,2"));
	assert_bytes_equal(t.mac, BYTES("m"));
	assert_bytes_equal(t.cookie, BYTES("c"));
}

/* Of each field the longest, and one byte more. */
static void lengths(void **state)
{
	static const size_t most[] = { TRACK_GROUP, TRACK_PUBLIC, TRACK_LAN,
				       TRACK_MAC, TRACK_COOKIE };
	static char x[TRACK_MOST];

	(void)state;
	memset(x, 'x', sizeof x);
	for (size_t i = 0; i < COUNT(most); i++) {
		for (size_t over = 0; over < 2; over++) {
			char room[2 * TRACK_MOST];
			struct fmt f = fmt_to(SPAN(room));
			struct track t;

			fmt_put(&f, "//51pwn/P2P&E2E/");
			for (size_t k = 0; k < COUNT(most); k++)
				fmt_put(&f, "%s%.*s", k ? "/" : "",
					k == i ? (int)(most[k] + over) : 1, x);
			assert_int_equal(track_parse(&t, fmt_done(&f)),
					 over ? -NAT_EPROTO : 0);
		}
	}
}

static void lines(void **state)
{
	static const struct {
		const char *public, *lan, *cookie;
	} rows[] = {
		{ "1.1.1.1:1", "", "" },
		{ "2.2.2.2:2", "10.0.0.1,10.0.0.2", "" },
		{ "3.3.3.3:3", "aa-1;bb-2", "" },
		{ "[::1]:4", "", "" },
		{ "", "x", "" },
		{ "", "", "0123" },
	};
	struct guard g;
	struct cur c = cur_of(
		guard_bytes(&g, BYTES("1.1.1.1:1\n2.2.2.2:2;10.0.0.1,10.0.0.2\n"
				      "3.3.3.3:3,aa-1;bb-2\n\n[::1]:4;\n;x\n"
				      ";cookie=0123\n")));
	struct track_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(track_next_line(&c, &line));
		assert_bytes_equal(line.public, bytes_of(rows[i].public));
		assert_bytes_equal(line.lan, bytes_of(rows[i].lan));
		assert_bytes_equal(line.cookie, bytes_of(rows[i].cookie));
	}
	assert_false(track_next_line(&c, &line));
	guard_free(&g);
}

static void addrs(void **state)
{
	struct cur c = cur_of(BYTES(";;1.1.1.1:1; ,[::1]:2;"));
	struct bytes b;

	(void)state;
	assert_true(track_next_addr(&c, &b));
	assert_bytes_equal(b, BYTES("1.1.1.1:1"));
	assert_true(track_next_addr(&c, &b));
	assert_bytes_equal(b, BYTES("[::1]:2"));
	assert_false(track_next_addr(&c, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests), cmocka_unit_test(there_and_back),
		cmocka_unit_test(fields),   cmocka_unit_test(lengths),
		cmocka_unit_test(lines),    cmocka_unit_test(addrs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
