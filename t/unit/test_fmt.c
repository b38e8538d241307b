#include "unit.h"
#include "base/fmt.h"
#include <limits.h>

/* Prints with our fmt_put and the system's snprintf: must come out the same,
 * whatever the room is, and never touch a byte past it.
 */
static __attribute__((format(printf, 1, 2))) void same(const char *form, ...)
{
	char want[128];
	va_list ap;
	size_t n;

	va_start(ap, form);
	n = (size_t)vsnprintf(want, sizeof(want), form, ap);
	va_end(ap);
	assert_true(n < sizeof(want));
	each_split(room, n)
	{
		struct guard g;
		struct fmt f = fmt_to(guard_span(&g, room));

		va_start(ap, form);
		fmt_vput(&f, form, ap);
		va_end(ap);
		assert_int_equal(f.n, room);
		assert_int_equal(f.full, room < n);
		if (room > 0)
			assert_memory_equal(f.to.p, want, room);
		guard_free(&g);
	}
}

static void every_conversion(void **state)
{
	(void)state;
	same("plain");
	same("%s|%s", "", "text");
	same("100%% of %c%c", 'x', '\xff');
	same("%d %d %d %d", 0, -1, INT_MAX, INT_MIN);
	same("%u %u %x %x", 0U, UINT_MAX, 0xbeefU, UINT_MAX);
	same("%ld %ld %lu", LONG_MIN, LONG_MAX, ULONG_MAX);
	same("%lld %lld %llu", LLONG_MIN, LLONG_MAX, ULLONG_MAX);
	same("%zu %zu", (size_t)0, SIZE_MAX);
	same("%02u:%02u %05u %09u", 7U, 123U, 42U, 0U);
	same("%02x%02x %08x %01x", 7U, 0xffU, 0xabcdU, 0U);
	same("%.*s|%.*s|%.*s", 3, "abcdef", 0, "abc", 9, "abc");
}

/* A slice has no NUL: nothing past its end may be read. */
static void slice_at_the_edge(void **state)
{
	struct guard g;
	struct bytes b = guard_bytes(&g, BYTES("slice"));
	uint8_t room[16];
	struct fmt f = fmt_to(SPAN(room));
	const char *volatile nothing = NULL;

	(void)state;
	fmt_put(&f, "<%.*s>", (int)b.n, (const char *)b.p);
	fmt_put(&f, "%.*s", 0, nothing);
	assert_bytes_equal(fmt_done(&f), BYTES("<slice>"));
	guard_free(&g);
}

static void bytes_whole_or_not_at_all(void **state)
{
	uint8_t room[6];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	fmt_bytes(&f, BYTES("abcd"));
	fmt_bytes(&f, (struct bytes){ NULL, 0 });
	assert_false(f.full);
	fmt_bytes(&f, BYTES("efg"));
	assert_true(f.full);
	assert_bytes_equal(fmt_done(&f), BYTES("abcd"));
	/* It would fit, but what is there must be how the text begins. */
	fmt_bytes(&f, BYTES("h"));
	fmt_put(&f, "i");
	assert_bytes_equal(fmt_done(&f), BYTES("abcd"));
	assert_true(f.full);
}

static void text_gets_its_nul(void **state)
{
	uint8_t room[4];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	assert_string_equal(fmt_text(&f), "");
	fmt_put(&f, "abc");
	assert_string_equal(fmt_text(&f), "abc");
	assert_false(f.full);
	fmt_put(&f, "d");
	assert_false(f.full);
	assert_string_equal(fmt_text(&f), "abc");
	assert_true(f.full);
	assert_int_equal(f.n, 3);
}

static void hex(void **state)
{
	uint8_t room[8];
	struct fmt f = fmt_to(SPAN(room));

	(void)state;
	fmt_hex(&f, BYTES("\x00\x0f\xa5\xff"));
	assert_bytes_equal(fmt_done(&f), BYTES("000fa5ff"));
	assert_false(f.full);
}

static void units(void **state)
{
	static const struct {
		void (*put)(struct fmt *f, uint64_t v);
		uint64_t v;
		const char *text;
	} rows[] = {
		{ fmt_ms, 0, "0ms" },
		{ fmt_ms, 1, "1ms" },
		{ fmt_ms, 1500, "1500ms" },
		{ fmt_ms, 30000, "30s" },
		{ fmt_ms, 90000, "90s" },
		{ fmt_ms, 600000, "10m" },
		{ fmt_ms, 3600000, "1h" },
		{ fmt_ms, 90000000, "25h" },
		{ fmt_size, 0, "0" },
		{ fmt_size, 512, "512" },
		{ fmt_size, 1025, "1025" },
		{ fmt_size, 65536, "64K" },
		{ fmt_size, 10 << 20, "10M" },
		{ fmt_size, 1 << 30, "1G" },
		{ fmt_size, UINT64_MAX, "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[24];
		struct fmt f = fmt_to(SPAN(room));

		rows[i].put(&f, rows[i].v);
		assert_string_equal(fmt_text(&f), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_conversion),
		cmocka_unit_test(slice_at_the_edge),
		cmocka_unit_test(bytes_whole_or_not_at_all),
		cmocka_unit_test(text_gets_its_nul),
		cmocka_unit_test(hex),
		cmocka_unit_test(units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
