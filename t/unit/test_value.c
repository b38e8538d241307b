#include "unit.h"
#include "base/value.h"

enum {
	FLAG,
	TIMES,
	UINT,
	BARE,
	TEXT,
	MS,
	LONG,
	SIZE,
	ANY,
	ADDR,
	HOST,
	PORTS,
	CIDR,
	ROWS
};

static const struct opt rows[ROWS] = {
	[FLAG] = { .type = OPT_FLAG },
	[TIMES] = { .type = OPT_COUNT, .max = 3 },
	[UINT] = { .type = OPT_UINT, .min = 1, .max = 65535 },
	[BARE] = { .type = OPT_UINT },
	[TEXT] = { .type = OPT_TEXT },
	[MS] = { .type = OPT_MS, .min = 1000, .max = 3600000 },
	[LONG] = { .type = OPT_MS },
	[SIZE] = { .type = OPT_SIZE, .min = 1 << 20, .max = 1 << 30 },
	[ANY] = { .type = OPT_SIZE },
	[ADDR] = { .type = OPT_ADDR },
	[HOST] = { .type = OPT_ADDR, .flags = OPT_HOST },
	[PORTS] = { .type = OPT_PORTS },
	[CIDR] = { .type = OPT_CIDR },
};

union field {
	bool flag;
	uint32_t uint;
	const char *text;
	int64_t ms;
	uint64_t size;
	struct opt_ports ports;
};

/* What a text is printed as, in quotes; or why it is refused. */
static const struct {
	unsigned row;
	const char *in, *out;
} cases[] = {
	{ FLAG, "1", "'1'" },
	{ FLAG, "yes", "'1'" },
	{ FLAG, "on", "'1'" },
	{ FLAG, "true", "'1'" },
	{ FLAG, "0", "'0'" },
	{ FLAG, "no", "'0'" },
	{ FLAG, "off", "'0'" },
	{ FLAG, "false", "'0'" },
	{ FLAG, "2", "is neither yes nor no" },
	{ FLAG, "", "is neither yes nor no" },
	{ TIMES, "3", "'3'" },
	{ TIMES, "4", "is not in 0..3" },
	{ UINT, "1", "'1'" },
	{ UINT, "65535", "'65535'" },
	{ UINT, "0", "is not in 1..65535" },
	{ UINT, "70000", "is not in 1..65535" },
	{ UINT, "-1", "is not a number" },
	{ UINT, "", "is not a number" },
	{ UINT, "1x", "is not a number" },
	{ UINT, "1K", "is not a number" },
	{ UINT, " 1", "is not a number" },
	{ UINT, "99999999999999999999999", "is not in 1..65535" },
	{ BARE, "4294967295", "'4294967295'" },
	{ BARE, "4294967296", "is not in 0..4294967295" },
	{ BARE, "18446744073709551616", "is not in 0..4294967295" },
	{ TEXT, "it's \"x\" #\\", "'it'\\''s \"x\" #\\'" },
	{ TEXT, "", "''" },
	{ TEXT, "a\tb", "has a control character in it" },
	{ MS, "1s", "'1s'" },
	{ MS, "1000ms", "'1s'" },
	{ MS, "1500ms", "'1500ms'" },
	{ MS, "90", "'90s'" },
	{ MS, "2m", "'2m'" },
	{ MS, "1h", "'1h'" },
	{ MS, "999ms", "is not in 1s..1h" },
	{ MS, "3601", "is not in 1s..1h" },
	{ MS, "2h", "is not in 1s..1h" },
	{ MS, "5124095576030431h", "is not in 1s..1h" },
	{ MS, "1d", "is not a time such as 250ms, 30s, 10m or 1h" },
	{ MS, "s", "is not a time such as 250ms, 30s, 10m or 1h" },
	{ LONG, "0", "'0ms'" },
	{ LONG, "9223372036854775807ms", "'9223372036854775807ms'" },
	{ LONG, "9223372036854775808ms",
	  "is not in 0ms..9223372036854775807ms" },
	{ SIZE, "1M", "'1M'" },
	{ SIZE, "1048576", "'1M'" },
	{ SIZE, "1025K", "'1025K'" },
	{ SIZE, "1048577", "'1048577'" },
	{ SIZE, "1G", "'1G'" },
	{ SIZE, "1048575", "is not in 1M..1G" },
	{ SIZE, "5G", "is not in 1M..1G" },
	{ SIZE, "1T", "is not a size such as 512, 64K, 10M or 1G" },
	{ ANY, "17179869184G", "is not in 0..9223372036854775807" },
	{ ADDR, "[::1]:80", "'[::1]:80'" },
	{ ADDR, "h-1.example:80", "'h-1.example:80'" },
	{ ADDR, ":80", "':80'" },
	{ ADDR, "80", "'80'" },
	{ ADDR, "example.net", "is not host:port, :port, port or [v6]:port" },
	{ ADDR, "", "is not host:port, :port, port or [v6]:port" },
	{ HOST, "example.net", "'example.net'" },
	{ HOST, "example.net:1", "'example.net:1'" },
	{ HOST, "192.0.2.1", "'192.0.2.1'" },
	{ HOST, "2001:db8::1", "'2001:db8::1'" },
	{ HOST, "[2001:db8::1]", "'[2001:db8::1]'" },
	{ HOST, "[192.0.2.1]", "is not host, host:port or [v6]:port" },
	{ HOST, "[::1", "is not host, host:port or [v6]:port" },
	{ HOST, "a b", "is not host, host:port or [v6]:port" },
	{ HOST, "h:99999", "is not host, host:port or [v6]:port" },
	{ CIDR, "192.0.2.0/24", "'192.0.2.0/24'" },
	{ CIDR, "2001:db8::1", "'2001:db8::1'" },
	{ CIDR, "192.0.2.1/24",
	  "has more bits than stand behind the /: a slip?" },
	{ CIDR, "192.0.2.0/33", "has no 0 to 32 bits behind the /" },
	{ CIDR, "", "is not ADDRESS or ADDRESS/BITS" },
	{ PORTS, "1-65535", "'1-65535'" },
	{ PORTS, "80", "'80'" },
	{ PORTS, "80-80", "'80'" },
	{ PORTS, "0-1", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "2-1", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "1-65536", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "1-", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "-1", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "1-2-3", "is not a port or LO-HI of 1..65535" },
	{ PORTS, "0000000080", "is not a port or LO-HI of 1..65535" },
};

static const char *verdict(struct span to, const struct opt *o,
			   const char *text)
{
	struct fmt f = fmt_to(to);
	union field field, before;
	const char *why;

	memset(&field, 0x5a, sizeof(field));
	before = field;
	why = value_read(o, text, &field);
	if (!why) {
		value_print(&f, o, &field);
		return fmt_text(&f);
	}
	assert_memory_equal(&field, &before, sizeof(field));
	fmt_put(&f, "%s", why);
	if (why == VALUE_OUTSIDE) {
		fmt_put(&f, " ");
		value_print_bounds(&f, o);
	}
	return fmt_text(&f);
}

static void test_cases(void **state)
{
	char out[128], again[128], text[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct opt *o = &rows[cases[i].row];
		const char *got = verdict(SPAN(out), o, cases[i].in);
		size_t n = strlen(got);

		if (cases[i].row == CIDR && !unit_part("nets"))
			continue;
		assert_string_equal(got, cases[i].out);
		if (cases[i].row == TEXT || *got != '\'')
			continue;
		/* What is printed reads as the same. */
		memcpy(text, got + 1, n - 2);
		text[n - 2] = 0;
		assert_string_equal(verdict(SPAN(again), o, text), got);
	}
}

/* Flush against a page that cannot be read, cut at every place. */
static void test_edges(void **state)
{
	char out[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct bytes all = bytes_of(cases[i].in);

		each_split(n, all.n)
		{
			struct guard g;
			struct span in = guard_span(&g, n + 1);

			memcpy(in.p, all.p, n);
			in.p[n] = 0;
			for (size_t row = 0; row < ROWS; row++)
				verdict(SPAN(out), &rows[row], (char *)in.p);
			guard_free(&g);
		}
	}
}

static void test_host_length(void **state)
{
	char text[257], out[300];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[255] = 0;
	assert_int_equal(*verdict(SPAN(out), &rows[HOST], text), '\'');
	text[255] = 'a';
	text[256] = 0;
	assert_int_equal(*verdict(SPAN(out), &rows[HOST], text), 'i');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_host_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
