#include "unit.h"
#include "base/fmt.h"
#include "wire/mux.h"

/* What is heard, as text: o d c e r for the kinds, the strand, what is in it. */
struct telling {
	char text[512];
	struct fmt f;
	uint32_t within; /* the strand whose data is told of; 0: none */
};

static void tell(struct telling *to, const struct mux_part *p)
{
	static const char letters[] = "-odcer";

	if (p->kind == MUX_MORE)
		return;
	if (p->kind != MUX_DATA || p->strand != to->within)
		fmt_put(&to->f, " %c%u", letters[p->kind], (unsigned)p->strand);
	to->within = p->kind == MUX_DATA ? p->strand : 0;
	if (p->kind == MUX_CREDIT)
		fmt_put(&to->f, "+%u", (unsigned)p->more);
	if (p->kind == MUX_DATA)
		fmt_hex(&to->f, bytes_in(p->data));
}

/* What is left of it; -1: it was wrong. */
static long hear(struct mux_in *m, struct span in, struct telling *to)
{
	struct mux_part p;
	long n = 1;

	while (n > 0 && in.n > 0) {
		n = mux_hear(m, in, &p);
		if (n < 0) {
			fmt_put(&to->f, " !");
			return -1;
		}
		tell(to, &p);
		assert_true(p.data.n == 0 ||
			    (p.data.p >= in.p &&
			     p.data.p + p.data.n <= in.p + (size_t)n));
		in = (struct span){ in.p + n, in.n - (size_t)n };
	}
	return (long)in.n;
}

/* Fed up to each of the cuts, what is not taken again with what follows, every
 * piece at the edge of a page.
 */
static void feed(struct bytes all, const size_t *cuts, struct telling *to)
{
	struct mux_in m = { .left = 0 };
	size_t done = 0;
	long left = 0;

	*to = (struct telling){ .within = 0 };
	to->f = fmt_to(SPAN(to->text));
	do {
		struct guard g;
		struct span in = guard_span(&g, *cuts - done);

		if (in.n)
			memcpy(in.p, all.p + done, in.n);
		left = hear(&m, in, to);
		done = *cuts - (size_t)(left > 0 ? left : 0);
		guard_free(&g);
	} while (left >= 0 && *cuts++ < all.n);
	if (left > 0)
		fmt_put(&to->f, " ...");
	fmt_text(&to->f);
}

#define OPEN_1 "01 000000 00000001 "
#define END_1 "04 000000 00000001 "

static const struct row {
	const char *hex, *told;
} rows[] = {
	/* clang-format off */
	{ OPEN_1, " o1" },
	{ "02 000002 00000001 aabb", " d1aabb" },
	{ "02 000001 00000001 aa 02 000001 00000002 bb 02 000001 00000001 cc",
	  " d1aa d2bb d1cc" },
	{ "03 000004 00000001 00010000", " c1+65536" },
	{ "03 000004 fffffffe 00000001", " c4294967294+1" },
	{ END_1, " e1" }, { "05 000000 00000007", " r7" },
	{ OPEN_1 "02 000003 00000001 010203" END_1, " o1 d1010203 e1" },
	/* not all of it is here */
	{ "01 0000", " ..." }, { "03 000004 00000001 0001", " ..." },
	{ "02 000004 00000001 aabb", " d1aabb" },
	/* kinds that are none */
	{ "00 000000 00000001", " !" }, { "06 000000 00000001", " !" },
	{ "ff 000000 00000001", " !" }, { END_1 "7b 000000 00000001", " e1 !" },
	/* no strand */
	{ "01 000000 00000000", " !" }, { "02 000001 00000000 aa", " !" },
	/* lengths that are wrong */
	{ "01 000001 00000001 aa", " !" }, { "04 000001 00000001 aa", " !" },
	{ "05 000001 00000001 aa", " !" }, { "02 000000 00000001", " !" },
	{ "02 010001 00000001", " !" }, { "02 ffffff 00000001", " !" },
	{ "03 000003 00000001 000001", " !" }, { "03 000005 00000001", " !" },
	/* more than anybody may */
	{ "03 000004 00000001 00000000", " !" },
	{ "03 000004 00000001 00010001", " !" },
	{ "03 000004 00000001 ffffffff", " !" },
	/* clang-format on */
};

static size_t read_hex(uint8_t *to, const char *hex)
{
	size_t n = 0;
	unsigned byte;

	while (*hex) {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		to[n++] = (uint8_t)byte;
		hex += 2;
	}
	return n;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[64];
		struct bytes all = { room, read_hex(room, rows[i].hex) };
		struct telling to;
		size_t every[65];

		each_split(at, all.n)
		{
			feed(all, (size_t[]){ at, all.n }, &to);
			assert_string_equal(to.text, rows[i].told);
		}
		for (size_t k = 0; k <= all.n; k++)
			every[k] = k;
		feed(all, every, &to);
		assert_string_equal(to.text, rows[i].told);
	}
}

static void test_longest(void **state)
{
	static uint8_t frame[MUX_HEAD + MUX_WINDOW];
	struct mux_in m = { .left = 0 };
	struct mux_part p;

	(void)state;
	mux_head(frame, MUX_DATA, 9, MUX_WINDOW);
	assert_int_equal(mux_hear(&m, SPAN(frame), &p), sizeof frame);
	assert_int_equal(p.data.n, MUX_WINDOW);
	assert_ptr_equal(p.data.p, frame + MUX_HEAD);
	assert_int_equal(mux_hear(&m, (struct span){ frame, 0 }, &p), 0);
}

static void test_said(void **state)
{
	uint8_t head[MUX_HEAD], credit[MUX_CREDIT_FRAME];
	static const uint8_t a[] = { 2, 1, 0, 0, 0x12, 0x34, 0x56, 0x78 };
	static const uint8_t b[] = { 3, 0, 0, 4, 0, 0, 0, 5, 0, 0, 0x40, 1 };

	(void)state;
	mux_head(head, MUX_DATA, 0x12345678, MUX_WINDOW);
	mux_credit(credit, 5, 0x4001);
	assert_memory_equal(head, a, sizeof a);
	assert_memory_equal(credit, b, sizeof b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
