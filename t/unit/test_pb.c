#include "unit.h"
#include "wire/pb.h"

struct inner {
	struct bytes text;
	int32_t less;
};

struct outer {
	uint32_t number, one;
	bool yes;
	struct bytes text, raw;
	struct pb_texts list;
	struct inner inner;
	struct inner chosen;
	struct bytes other;
};

#define AT(type, field) offsetof(struct type, field)
static const struct pb_field inner_rows[] = {
	{ 1, AT(inner, text), PB_TEXT, false, NULL },
	{ 2, AT(inner, less), PB_INT, false, NULL },
};
static const struct pb_type inner_type = {
	inner_rows,
	COUNT(inner_rows),
	sizeof(struct inner),
	0,
};
static const struct pb_field rows[] = {
	{ 1, AT(outer, number), PB_UINT, false, NULL },
	{ 2, AT(outer, yes), PB_BOOL, false, NULL },
	{ 3, AT(outer, text), PB_TEXT, false, NULL },
	{ 4, AT(outer, raw), PB_BYTES, false, NULL },
	{ 5, AT(outer, list), PB_LIST, false, NULL },
	{ 6, AT(outer, inner), PB_MESSAGE, false, &inner_type },
	{ 7, AT(outer, chosen), PB_MESSAGE, true, &inner_type },
	{ 300, AT(outer, other), PB_TEXT, true, NULL },
};
static const struct pb_type type = {
	rows,
	COUNT(rows),
	sizeof(struct outer),
	AT(outer, one),
};

/* Read at the edge of a page; the struct, and what came back. */
static int reads_as(struct outer *o, const char *hex)
{
	uint8_t room[512];
	struct bytes b = unit_hex(SPAN(room), hex);
	struct guard g;
	struct bytes at = guard_bytes(&g, b);
	int rc;

	*o = (struct outer){ 0 };
	rc = pb_read(&type, o, at);
	guard_free(&g);
	return rc;
}

static void prints_as(const struct outer *o, const char *hex)
{
	uint8_t room[512], right[512];
	struct fmt f = fmt_to(SPAN(room));

	pb_put(&f, &type, o);
	assert_false(f.full);
	assert_bytes_equal(fmt_done(&f), unit_hex(SPAN(right), hex));
	assert_int_equal(pb_size(&type, o), f.n);
}

static void prints(void **state)
{
	struct outer o = { .number = 300, .yes = true, .text = BYTES("a") };

	(void)state;
	prints_as(&(struct outer){ 0 }, "");
	prints_as(&o, "08ac02 1001 1a0161");
	o = (struct outer){ .list = { 2, { BYTES("x"), BYTES("") } } };
	prints_as(&o, "2a0178 2a00");
	o = (struct outer){ .inner = { BYTES("in"), -1 } };
	prints_as(&o, "320f 0a02696e 10ffffffffffffffffff01");
	o = (struct outer){ .one = 7 };
	prints_as(&o, "3a00");
	o = (struct outer){ .one = 300, .chosen = { BYTES("not this"), 0 } };
	prints_as(&o, "e21200");
}

static void reads(void **state)
{
	struct outer o;

	(void)state;
	assert_int_equal(reads_as(&o, "1a0161 08ac02 1005 08ad02"), 0);
	assert_int_equal(o.number, 301); /* the last */
	assert_true(o.yes);
	assert_int_equal(o.text.n, 1);
	assert_int_equal(reads_as(&o, "3202 0a00 320b 10ffffffffffffffffff01"),
			 0);
	assert_int_equal(o.inner.less, -1);
	assert_int_equal(reads_as(&o, "2a0178 2a00 2a0179"), 0);
	assert_int_equal(o.list.n, 3);
	assert_int_equal(reads_as(&o, "0801 08ffffffff1f"), 0);
	assert_int_equal(o.number, UINT32_MAX);
}

static void the_last_of_a_oneof_counts(void **state)
{
	struct outer o;

	(void)state;
	assert_int_equal(reads_as(&o, "3a030a0161 e2120162"), 0);
	assert_int_equal(o.one, 300);
	assert_int_equal(reads_as(&o, "e2120162 3a030a0161 3a021005"), 0);
	assert_int_equal(o.one, 7);
	assert_int_equal(o.chosen.less, 5); /* merged */
	assert_int_equal(o.chosen.text.n, 1);
	assert_int_equal(reads_as(&o, "3a030a0161 e2120162 3a00"), 0);
	assert_int_equal(o.chosen.text.n, 0); /* it was another in between */
}

static void refuses(void **state)
{
	static const char *const tab[] = {
		"08",
		"1a0261",
		"1aff",
		"1affffffffffffffffff01",
		"00",
		"0001",
		"0e",
		"0f",
		"0c",
		"3302",
		"1a01ff",
		"2a02c080",
		"32020a05",
		"08ffffffffffffffffff02",
		"08ffffffffffffffffffff01",
		"9b06",
		"9b06a406",
		"99060000",
		"9d060000",
		"8080808010 01",
		/* one group deeper than is taken */
		("9b069b069b069b069b069b069b069b069b06"
		 "9c069c069c069c069c069c069c069c069c06"),
	};
	struct outer o;

	(void)state;
	for (size_t i = 0; i < COUNT(tab); i++)
		assert_int_equal(reads_as(&o, tab[i]), -NAT_EPROTO);
}

static void lists_are_bounded(void **state)
{
	char hex[4 * (PB_TEXTS + 1) + 1];
	struct outer o;

	(void)state;
	for (size_t i = 0; i <= PB_TEXTS; i++)
		memcpy(hex + 4 * i, "2a00", 5);
	assert_int_equal(reads_as(&o, hex), -NAT_ELIMIT);
	hex[4 * PB_TEXTS] = '\0';
	assert_int_equal(reads_as(&o, hex), 0);
	assert_int_equal(o.list.n, PB_TEXTS);
}

/* Unknown ones of every frame, a known one of another kind. */
static void the_rest_is_kept(void **state)
{
	static const char before[] = "9806 7f 0801 9906 0102030405060708"
				     "9a06 02 6869 1a0161 9d06 01020304"
				     "9b06 0801 a306 a406 9c06 0a0162 5000";
	static const char after[] = "9806 7f 9906 0102030405060708"
				    "9a06 02 6869 9d06 01020304"
				    "9b06 0801 a306 a406 9c06 0a0162 5000";
	uint8_t room[256], right[256], out[256];
	struct bytes b = unit_hex(SPAN(room), before);
	struct fmt f = fmt_to(SPAN(out));
	struct outer o;

	(void)state;
	assert_int_equal(reads_as(&o, before), 0);
	assert_int_equal(o.number, 1);
	pb_rest(&f, &type, b);
	assert_bytes_equal(fmt_done(&f), unit_hex(SPAN(right), after));
}

/* A message that is cut is refused, or ends between two fields. */
static void cut_anywhere(void **state)
{
	static const char whole[] = "08ac02 1001 1a0161 2a0178 3a030a0161 9a06"
				    "026869";
	uint8_t room[64];
	struct bytes b = unit_hex(SPAN(room), whole);

	(void)state;
	each_split(at, b.n)
	{
		struct outer o = { 0 };
		struct guard g;
		int rc = pb_read(&type, &o, guard_bytes(&g, bytes_head(b, at)));
		uint8_t out[64];
		struct fmt f = fmt_to(SPAN(out));

		assert_true(rc == 0 || rc == -NAT_EPROTO);
		if (rc == 0) {
			pb_put(&f, &type, &o);
			pb_rest(&f, &type, bytes_head(b, at));
			assert_bytes_equal(fmt_done(&f), bytes_head(b, at));
		}
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints),
		cmocka_unit_test(reads),
		cmocka_unit_test(the_last_of_a_oneof_counts),
		cmocka_unit_test(refuses),
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(the_rest_is_kept),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
