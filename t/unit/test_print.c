#include "unit.h"
#include "app/admin/print.h"
#include "wire/json.h"

/* ---- who reports ---- */

struct place {
	uint32_t rows;
	bool single;
};

static const struct report_column total_columns[] = {
	{ "up", REPORT_COUNT, REPORT_GAUGE, "1 while it is up" },
	{ "uptime", REPORT_MS, REPORT_GAUGE, "How long" },
	{ "note", REPORT_TEXT, REPORT_SHOWN, NULL },
	{ "mark", REPORT_COUNT, REPORT_MARK, "A mark" },
};

static const struct report_column thing_columns[] = {
	{ "thing", REPORT_TEXT, REPORT_LABEL, NULL },
	{ "port", REPORT_COUNT, REPORT_LABEL, NULL },
	{ "in", REPORT_BYTES, REPORT_TOTAL, "Bytes" },
};

static bool total_row(const void *of, uint32_t *at, struct report_row *row)
{
	(void)of;
	if ((*at)++ > 0)
		return false;
	report_number(row, 1);
	report_number(row, 61005);
	report_text(row, "a \"b\"\n\x01");
	report_number(row, 1);
	return true;
}

/* Every other index is free. */
static bool thing_row(const void *of, uint32_t *at, struct report_row *row)
{
	const struct place *p = of;
	uint32_t i = (*at + 1) / 2;

	if (i >= p->rows)
		return false;
	*at = 2 * i + 1;
	report_text(row, i ? "o\\n\"e" : "zero");
	report_number(row, i);
	report_number(row, 1000 + i);
	return true;
}

static const struct report_table tables[] = {
	{ "totals", "p", REPORT_OF(total_columns), REPORT_ONE, total_row },
	{ "things", "p_thing", REPORT_OF(thing_columns), REPORT_MANY,
	  thing_row },
	{ "long", NULL, REPORT_OF(thing_columns), REPORT_LONG, thing_row },
};

static struct place none = { 0, false }, two = { 2, false },
		    many = { 300, false };

static const struct reports one = { { { "part", "", tables, 3, &two, NULL } },
				    1 };
static const struct reports three = { { { "part", "a", tables, 3, &two, NULL },
					{ "other", "", tables, 1, &none, NULL },
					{ "part", "", tables, 3, &none,
					  NULL } },
				      3 };
static const struct reports big = { { { "part", "", tables, 3, &many, NULL } },
				    1 };

/* ---- printing ---- */

typedef bool print_fn(struct fmt *f, const struct reports *rs,
		      struct print_at *at);

/* With room bytes at a time, as a stream gives them. */
static struct bytes print(print_fn *piece, const struct reports *rs,
			  bool detail, size_t room)
{
	static char text[200000];
	struct print_at at = { .detail = detail };
	size_t n = 0;
	bool more = true;

	while (more) {
		struct guard g;
		struct fmt f = fmt_to(guard_span(&g, room));

		for (;;) {
			struct print_at before = at;
			size_t whole = f.n;

			more = piece(&f, rs, &at);
			if (!more || !f.full) {
				if (!more)
					break;
				continue;
			}
			f.n = whole;
			at = before;
			break;
		}
		assert_true(f.n > 0 || !more);
		assert_true(n + f.n <= sizeof text);
		memcpy(text + n, f.to.p, f.n);
		n += f.n;
		guard_free(&g);
	}
	return (struct bytes){ (uint8_t *)text, n };
}

static void json_as_drawn(void **state)
{
	(void)state;
	assert_bytes_equal(
		print(print_json, &one, false, 9999),
		BYTES("{\"sections\":[{\"role\":\"part\",\"name\":\"\","
		      "\"totals\":{\"up\":1,\"uptime_ms\":61005,"
		      "\"note\":\"a \\\"b\\\"\\n\\u0001\"},"
		      "\"things\":[{\"thing\":\"zero\",\"port\":0,"
		      "\"in_bytes_total\":1000},"
		      "{\"thing\":\"o\\\\n\\\"e\",\"port\":1,"
		      "\"in_bytes_total\":1001}]}]}\n"));
	assert_bytes_equal(
		print(print_json, &three, true, 9999),
		BYTES("{\"sections\":[{\"role\":\"part\",\"name\":\"a\","
		      "\"totals\":{\"up\":1,\"uptime_ms\":61005,"
		      "\"note\":\"a \\\"b\\\"\\n\\u0001\"},"
		      "\"things\":[{\"thing\":\"zero\",\"port\":0,"
		      "\"in_bytes_total\":1000},"
		      "{\"thing\":\"o\\\\n\\\"e\",\"port\":1,"
		      "\"in_bytes_total\":1001}],"
		      "\"long\":[{\"thing\":\"zero\",\"port\":0,"
		      "\"in_bytes_total\":1000},"
		      "{\"thing\":\"o\\\\n\\\"e\",\"port\":1,"
		      "\"in_bytes_total\":1001}]},"
		      "{\"role\":\"other\",\"name\":\"\","
		      "\"totals\":{\"up\":1,\"uptime_ms\":61005,"
		      "\"note\":\"a \\\"b\\\"\\n\\u0001\"}},"
		      "{\"role\":\"part\",\"name\":\"\","
		      "\"totals\":{\"up\":1,\"uptime_ms\":61005,"
		      "\"note\":\"a \\\"b\\\"\\n\\u0001\"},"
		      "\"things\":[],\"long\":[]}]}\n"));
}

static void metrics_as_drawn(void **state)
{
	(void)state;
	assert_bytes_equal(
		print(print_metrics, &one, true, 9999),
		BYTES("# HELP nat_p_up 1 while it is up.\n"
		      "# TYPE nat_p_up gauge\n"
		      "nat_p_up 1\n"
		      "# HELP nat_p_uptime_seconds How long.\n"
		      "# TYPE nat_p_uptime_seconds gauge\n"
		      "nat_p_uptime_seconds 61.005\n"
		      "# HELP nat_p_mark A mark.\n"
		      "# TYPE nat_p_mark gauge\n"
		      "nat_p_mark 1\n"
		      "# HELP nat_p_thing_in_bytes_total Bytes.\n"
		      "# TYPE nat_p_thing_in_bytes_total counter\n"
		      "nat_p_thing_in_bytes_total{thing=\"zero\",port=\"0\"} "
		      "1000\n"
		      "nat_p_thing_in_bytes_total{thing=\"o\\\\n\\\"e\","
		      "port=\"1\"} 1001\n"));
}

/* Each family once, its sections told apart. */
static void sections_share_families(void **state)
{
	static const char *const want[] = {
		"nat_p_up{section=\"a\"} 1\nnat_p_up{section=\"1\"} 1\n"
		"nat_p_up{section=\"2\"} 1\n",
		"nat_p_thing_in_bytes_total{section=\"a\",thing=\"zero\","
		"port=\"0\"} 1000\n",
	};
	struct bytes got = print(print_metrics, &three, false, 9999);
	char *text = (char *)got.p;

	(void)state;
	text[got.n] = '\0';
	for (size_t i = 0; i < COUNT(want); i++)
		assert_non_null(strstr(text, want[i]));
	assert_null(
		strstr(strstr(text, "TYPE nat_p_up ") + 1, "TYPE nat_p_up "));
}

/* However little is taken at a time, it comes to the same. */
static void in_pieces(void **state)
{
	static print_fn *const fns[] = { print_json, print_metrics };
	static char whole[200000];

	(void)state;
	for (size_t i = 0; i < COUNT(fns); i++) {
		struct bytes all = print(fns[i], &big, true, 150000), some;
		size_t n = all.n;

		memcpy(whole, all.p, n);
		for (size_t room = 120; room < 5000; room += room / 3 + 1) {
			some = print(fns[i], &big, true, room);
			assert_int_equal(some.n, n);
			assert_memory_equal(some.p, whole, n);
		}
	}
}

static void json_is_json(void **state)
{
	struct bytes got = print(print_json, &big, true, PRINT_PIECE);
	struct json v;

	(void)state;
	assert_int_equal(json_parse(&v, got, JSON_DEPTH), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_as_drawn),
		cmocka_unit_test(metrics_as_drawn),
		cmocka_unit_test(sections_share_families),
		cmocka_unit_test(in_pieces),
		cmocka_unit_test(json_is_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
