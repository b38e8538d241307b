#include "unit.h"
#include "wire/body.h"

/* What a reader makes of its input: the data, trailers in brackets. */
struct story {
	uint8_t text[512];
	struct fmt f;
	int rc;
	bool over;
	size_t used;
};

static void tell(struct story *s, const struct body_part *p)
{
	if (p->what == BODY_FIELD)
		fmt_put(&s->f, "[%.*s]", (int)p->data.n - 2,
			(const char *)p->data.p);
	else
		fmt_bytes(&s->f, p->data);
}

/* Looks at what is there, at most a few bytes at once. */
static void read_on(struct story *s, struct body *b, struct bytes in,
		    size_t most)
{
	struct body_part p = { .what = BODY_SOME };

	while (s->rc == 0 && (p.what == BODY_SOME || p.what == BODY_FIELD)) {
		s->rc = body_next(b, bytes_tail(in, s->used), &p);
		s->used += p.skip;
		if (s->rc || (p.what != BODY_SOME && p.what != BODY_FIELD))
			break;
		if (p.what == BODY_SOME)
			p.data.n = min_size(p.data.n, most);
		tell(s, &p);
		body_took(b, p.data.n);
		s->used += p.data.n;
	}
	s->over = p.what == BODY_END;
	assert_int_equal(s->over, body_over(b) && s->rc == 0);
}

static void start(struct story *s)
{
	*s = (struct story){ .rc = 0 };
	s->f = fmt_to(SPAN(s->text));
}

static const struct row {
	const char *text, *want; /* want NULL: wrong */
	bool over;
	size_t behind; /* bytes that are the next message's */
} rows[] = {
	/* clang-format off */
	{ "0\r\n\r\n", "", true, 0 },
	{ "5\r\nhello\r\n0\r\n\r\n", "hello", true, 0 },
	{ "5\r\nhello\r\n0\r\n\r\nGET /", "hello", true, 5 },
	{ "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc", true, 0 },
	{ "A\r\n0123456789\r\n0\r\n\r\n", "0123456789", true, 0 },
	{ "0000a\r\n0123456789\r\n000\r\n\r\n", "0123456789", true, 0 },
	{ "5;a=b;c=\"d\"\r\nhello\r\n0;x\r\n\r\n", "hello", true, 0 },
	{ "5;a\tb\r\nhello\r\n0\r\n\r\n", "hello", true, 0 },
	{ "1\r\na\r\n0\r\nA: b\r\nC:d\r\n\r\n", "a[A: b][C:d]", true, 0 },
	{ "5\r\nhel", "hel", false, 0 },
	{ "5\r\nhello", "hello", false, 0 },
	{ "5\r\nhello\r", "hello", false, 1 },
	{ "5\r\nhello\r\n0\r\n", "hello", false, 0 },
	{ "5\r\nhello\r\n0\r\nA: b\r", "hello", false, 5 },
	{ "fffffffffffffff\r\nab", "ab", false, 0 },
	{ "ffffffffffffffff\r\nab", NULL, false, 0 },
	{ "10000000000000000\r\nab", NULL, false, 0 },
	{ "\r\n", NULL, false, 0 },
	{ "\n", NULL, false, 0 },
	{ "x\r\n", NULL, false, 0 },
	{ "0x5\r\nhello\r\n", NULL, false, 0 },
	{ "+5\r\nhello\r\n", NULL, false, 0 },
	{ "-5\r\nhello\r\n", NULL, false, 0 },
	{ " 5\r\nhello\r\n", NULL, false, 0 },
	{ "5 \r\nhello\r\n", NULL, false, 0 },
	{ "5 ;a\r\nhello\r\n", NULL, false, 0 },
	{ "5;\r\nhello\r\n", NULL, false, 0 },
	{ ";a\r\nhello\r\n", NULL, false, 0 },
	{ "5\nhello\r\n", NULL, false, 0 },
	{ "5\r\r\nhello\r\n", NULL, false, 0 },
	{ "5;a\rb\r\nhello\r\n", NULL, false, 0 },
	{ "5;a\nb\r\nhello\r\n", NULL, false, 0 },
	{ "5;\x01\r\nhello\r\n", NULL, false, 0 },
	{ "5;\x7f\r\nhello\r\n", NULL, false, 0 },
	{ "5,\r\nhello\r\n", NULL, false, 0 },
	{ "5.0\r\nhello\r\n", NULL, false, 0 },
	{ "5\r\nhello\n", NULL, false, 0 },
	{ "5\r\nhellox\r\n", NULL, false, 0 },
	{ "5\r\nhello\rx", NULL, false, 0 },
	{ "5\r\nhello0\r\n\r\n", NULL, false, 0 },
	{ "0\r\n\n", NULL, false, 0 },
	{ "0\r\nA\r\n\r\n", NULL, false, 0 },
	{ "0\r\nA : b\r\n\r\n", NULL, false, 0 },
	{ "0\r\n A: b\r\n\r\n", NULL, false, 0 },
	{ "0\r\nA: b\r\n c\r\n\r\n", NULL, false, 0 },
	{ "0\r\nA: b\n\r\n", NULL, false, 0 },
	{ "0\r\nA: b\rC: d\r\n\r\n", NULL, false, 0 },
	{ "0\r\nContent-Length: 5\r\n\r\n", NULL, false, 0 },
	{ "0\r\nTransfer-Encoding: chunked\r\n\r\n", NULL, false, 0 },
	{ "0\r\nHost: b\r\n\r\n", NULL, false, 0 },
	{ "0\r\nX-Forwarded-For: b\r\n\r\n", NULL, false, 0 },
	{ "0\r\nConnection: b\r\n\r\n", NULL, false, 0 },
	/* clang-format on */
};

static void check(const struct row *row, const struct story *s, size_t n)
{
	struct bytes want = bytes_of(row->want ? row->want : "");

	if ((s->rc < 0) != (row->want == NULL))
		fail_msg("%d: %s", s->rc, row->text);
	if (row->want == NULL)
		return;
	assert_bytes_equal(fmt_done(&s->f), want);
	assert_int_equal(s->over, row->over);
	assert_int_equal(n - s->used, row->behind);
}

/* At once, in two pieces at every place, byte by byte: the same. */
static void chunked(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct bytes in = guard_bytes(&g, bytes_of(rows[i].text));
		struct story s;
		struct body b;

		each_split(at, in.n)
		{
			start(&s);
			body_start(&b, BODY_CHUNKED, 0);
			read_on(&s, &b, bytes_head(in, at), SIZE_MAX);
			read_on(&s, &b, in, SIZE_MAX);
			check(&rows[i], &s, in.n);
		}
		start(&s);
		body_start(&b, BODY_CHUNKED, 0);
		for (size_t n = 0; n <= in.n; n++)
			read_on(&s, &b, bytes_head(in, n), 1);
		check(&rows[i], &s, in.n);
		guard_free(&g);
	}
}

static void by_length(void **state)
{
	struct story s;
	struct body b;

	(void)state;
	start(&s);
	body_start(&b, BODY_LENGTH, 5);
	read_on(&s, &b, BYTES("hel"), SIZE_MAX);
	assert_false(s.over);
	read_on(&s, &b, BYTES("hello next"), 1);
	assert_true(s.over && s.used == 5);
	body_start(&b, BODY_LENGTH, 0);
	assert_true(body_over(&b));
	body_start(&b, BODY_NONE, 7);
	assert_true(body_over(&b));
}

static void by_end(void **state)
{
	struct story s;
	struct body b;

	(void)state;
	start(&s);
	body_start(&b, BODY_CLOSE, 0);
	read_on(&s, &b, BYTES("0\r\n\r\n"), 2);
	assert_false(s.over);
	assert_int_equal(s.used, 5);
}

/* Lines and trailers have their limits. */
static void limits(void **state)
{
	static char text[2 * BODY_TRAILERS];
	struct story s;
	struct body b;

	(void)state;
	for (size_t n = BODY_LINE - 3; n <= BODY_LINE; n++) {
		struct fmt f = fmt_to(SPAN(text));

		fmt_put(&f, "0;");
		while (f.n < n - 2)
			fmt_put(&f, "x");
		fmt_put(&f, "\r\n\r\n");
		start(&s);
		body_start(&b, BODY_CHUNKED, 0);
		read_on(&s, &b, fmt_done(&f), 1);
		assert_int_equal(s.rc, n <= BODY_LINE ? 0 : -NAT_EPROTO);
	}
	for (int fits = 1; fits >= 0; fits--) {
		struct fmt f = fmt_to(SPAN(text));

		fmt_put(&f, "0\r\n");
		for (int i = 0; i < (fits ? 15 : 17); i++)
			fmt_put(&f, "%s: %s%s\r\n", "A",
				"0123456789abcdef0123456789abcdef0123456789abcd"
				"0123456789abcdef0123456789abcdef0123456789abcd"
				"0123456789abcdef0123456789abcdef0123456789abcd"
				"0123456789abcdef0123456789abcdef0123456789abc"
				"d",
				"0123456789abcdef0123456789abcdef01234567890123"
				"0123456789ab");
		fmt_put(&f, "\r\n");
		start(&s);
		s.f.full = true; /* its story is too long to tell */
		body_start(&b, BODY_CHUNKED, 0);
		read_on(&s, &b, fmt_done(&f), 1);
		assert_int_equal(s.rc, fits ? 0 : -NAT_EPROTO);
	}
}

/* What was written is read as what it was, whatever room there is. */
static void written(void **state)
{
	const struct bytes said = BYTES("how now brown cow, said the fox");
	uint8_t room[512];

	(void)state;
	for (size_t least = 0; least < 64; least++) {
		struct fmt f = fmt_to(SPAN(room));
		struct bytes left = said;
		struct story s;
		struct body b;
		size_t n = 1, used;

		while (left.n && n) {
			struct span to = { room + f.n, least };

			n = body_put(to, BODY_CHUNKED, left, &used);
			assert_true(used <= least);
			left = bytes_tail(left, n);
			f.n += used;
		}
		if (left.n)
			continue;
		fmt_put(&f, "0\r\n\r\n");
		start(&s);
		body_start(&b, BODY_CHUNKED, 0);
		read_on(&s, &b, fmt_done(&f), SIZE_MAX);
		assert_true(s.over);
		assert_bytes_equal(fmt_done(&s.f), said);
	}
}

static void written_plain(void **state)
{
	uint8_t room[4];
	size_t used;

	(void)state;
	assert_int_equal(
		body_put(SPAN(room), BODY_LENGTH, BYTES("hello"), &used), 4);
	assert_int_equal(used, 4);
	assert_memory_equal(room, "hell", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chunked), cmocka_unit_test(by_length),
		cmocka_unit_test(by_end),  cmocka_unit_test(limits),
		cmocka_unit_test(written), cmocka_unit_test(written_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
