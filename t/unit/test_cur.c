#include "unit.h"
#include "base/cur.h"

/* 01 | 02030405 | "ab" | ff, read to whatever end there is. */
struct form {
	uint8_t one, last;
	uint32_t four;
	struct bytes two;
};

static bool read_form(struct form *out, struct bytes in)
{
	struct cur c = cur_of(in);

	out->one = cur_u8(&c);
	out->four = cur_u32(&c);
	out->two = cur_bytes(&c, 2);
	out->last = cur_u8(&c);
	assert_int_equal(cur_left(&c), 0);
	return !c.bad;
}

static void reads_in_order(void **state)
{
	struct bytes all = BYTES("\x01\x02\x03\xf4\x05"
				 "ab\xff");

	(void)state;
	each_split(at, all.n)
	{
		struct guard g;
		struct form got;
		bool whole =
			read_form(&got, guard_bytes(&g, bytes_head(all, at)));

		assert_int_equal(whole, at == all.n);
		assert_int_equal(got.one, at >= 1 ? 1 : 0);
		assert_int_equal(got.four, at >= 5 ? 0x0203f405 : 0);
		assert_int_equal(got.two.n, at >= 7 ? 2 : 0);
		assert_int_equal(got.last, at >= 8 ? 0xff : 0);
		if (at >= 7)
			assert_memory_equal(got.two.p, "ab", 2);
		guard_free(&g);
	}
}

/* What fails once fails for ever, even if what follows would fit. */
static void failure_is_sticky(void **state)
{
	struct guard g;
	struct cur c = cur_of(guard_bytes(&g, BYTES("abc")));

	(void)state;
	assert_int_equal(cur_u32(&c), 0);
	assert_true(c.bad);
	assert_int_equal(cur_u8(&c), 0);
	assert_int_equal(cur_bytes(&c, 0).n, 0);
	assert_int_equal(cur_peek(&c), -1);
	assert_false(cur_eat(&c, 'a'));
	assert_int_equal(cur_until(&c, 'b').n, 0);
	assert_true(c.bad);
	c = cur_of(BYTES("abc"));
	assert_int_equal(cur_bytes(&c, SIZE_MAX).n, 0);
	assert_true(c.bad);
	guard_free(&g);
}

static void peeks_and_eats(void **state)
{
	struct guard g;
	struct cur c = cur_of(guard_bytes(&g, BYTES("a\xff")));

	(void)state;
	assert_int_equal(cur_peek(&c), 'a');
	assert_false(cur_eat(&c, 'b'));
	assert_int_equal(cur_left(&c), 2);
	assert_true(cur_eat(&c, 'a'));
	assert_int_equal(cur_peek(&c), 0xff);
	assert_true(cur_eat(&c, '\xff'));
	assert_int_equal(cur_peek(&c), -1);
	/* The end is no byte, not even one that looks like -1. */
	assert_false(cur_eat(&c, '\xff'));
	assert_false(c.bad);
	guard_free(&g);
}

static void splits_at_a_separator(void **state)
{
	static const struct {
		const char *text, *parts[4];
	} rows[] = {
		{ "", { "" } },
		{ "a", { "a" } },
		{ "a,", { "a" } },
		{ ",a", { "", "a" } },
		{ "ab,c,,d", { "ab", "c", "", "d" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct cur c = cur_of(guard_bytes(&g, bytes_of(rows[i].text)));

		for (size_t j = 0; j < 4 && rows[i].parts[j]; j++)
			assert_bytes_equal(cur_until(&c, ','),
					   bytes_of(rows[i].parts[j]));
		assert_int_equal(cur_left(&c), 0);
		assert_false(c.bad);
		guard_free(&g);
	}
}

static void words_of_a_line(void **state)
{
	static const struct {
		const char *text, *words[4];
	} rows[] = {
		{ "", { "" } },
		{ " \t\r", { "" } },
		{ "a", { "a", "" } },
		{ "  one\t two\r", { "one", "two", "" } },
		{ "\xff\x80 #x", { "\xff\x80", "#x", "" } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct cur c = cur_of(guard_bytes(&g, bytes_of(rows[i].text)));

		for (size_t j = 0; j < 4 && rows[i].words[j]; j++)
			assert_bytes_equal(cur_word(&c),
					   bytes_of(rows[i].words[j]));
		assert_false(c.bad);
		guard_free(&g);
	}
}

static void big_endian(void **state)
{
	struct guard g;
	struct cur c = cur_of(guard_bytes(&g, BYTES("\xfe\x01\x02")));

	(void)state;
	assert_int_equal(cur_u16(&c), 0xfe01);
	assert_int_equal(cur_u16(&c), 0);
	assert_true(c.bad);
	guard_free(&g);
}

static void nothing_is_empty(void **state)
{
	struct cur c = cur_of((struct bytes){ NULL, 0 });

	(void)state;
	assert_int_equal(cur_left(&c), 0);
	assert_int_equal(cur_peek(&c), -1);
	assert_int_equal(cur_until(&c, ',').n, 0);
	assert_int_equal(cur_bytes(&c, 0).n, 0);
	assert_false(c.bad);
	cur_u8(&c);
	assert_true(c.bad);
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		uint32_t most, n;
		size_t left;
		bool good;
	} rows[] = {
		{ "0", 0, 0, 0, true },
		{ "65535", 65535, 65535, 0, true },
		{ "00080x", 255, 80, 1, true },
		{ "4294967295", UINT32_MAX, UINT32_MAX, 0, true },
		{ "65536", 65535, 0, 0, false },
		{ "4294967296", UINT32_MAX, 0, 0, false },
		{ "99999999999999999999999", UINT32_MAX, 0, 0, false },
		{ "", 9, 0, 0, false },
		{ "-1", 9, 0, 0, false },
		{ " 1", 9, 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct cur c = cur_of(guard_bytes(&g, bytes_of(rows[i].text)));
		uint32_t n;

		assert_int_equal(cur_number(&c, rows[i].most, &n),
				 rows[i].good);
		if (rows[i].good) {
			assert_int_equal(n, rows[i].n);
			assert_int_equal(cur_left(&c), rows[i].left);
		}
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(reads_in_order),
		cmocka_unit_test(failure_is_sticky),
		cmocka_unit_test(peeks_and_eats),
		cmocka_unit_test(splits_at_a_separator),
		cmocka_unit_test(words_of_a_line),
		cmocka_unit_test(big_endian),
		cmocka_unit_test(nothing_is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
