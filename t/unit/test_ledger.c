/* ledger: records are read as they were written, at every cut; damage is found. */
#include "unit.h"
#include "wire/ledger.h"

static const struct ledger member = {
	.kind = LEDGER_MEMBER,
	.fields = 4,
	.marks = LEDGER_PROVEN,
	.port = 4711,
	.seen = 0x6b01d7de,
	.id = 0x0102030405060708,
	.from = { [10] = 255, 255, 203, 0, 113, 9 },
	.at = { [10] = 255, 255, 203, 0, 113, 9 },
	.group = { (const uint8_t *)"group", 5 },
	.lan = { (const uint8_t *)"10.0.0.5", 8 },
};
static const struct ledger tracker = {
	.kind = LEDGER_TRACKER,
	.seen = 77,
	.port = 43283,
	.at = { 0x20, 1, [15] = 1 },
};
static const struct ledger synced = { .kind = LEDGER_SYNCED };

static void assert_same(const struct ledger *a, const struct ledger *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->fields, b->fields);
	assert_int_equal(a->marks, b->marks);
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->seen, b->seen);
	assert_true(a->id == b->id);
	assert_memory_equal(a->from, b->from, 16);
	assert_memory_equal(a->at, b->at, 16);
	assert_bytes_equal(a->group, b->group);
	assert_bytes_equal(a->lan, b->lan);
}

static struct bytes put(struct span to, const struct ledger *l)
{
	struct fmt f = fmt_to(to);

	ledger_put(&f, l);
	assert_false(f.full);
	return fmt_done(&f);
}

/* The form of the page, byte for byte: files outlive programs. */
static void bytes_are_those(void **state)
{
	uint8_t room[LEDGER_RECORD], want[LEDGER_RECORD];

	(void)state;
	assert_bytes_equal(put(SPAN(room), &tracker),
			   unit_hex(SPAN(want),
				    "0017 fae36c50 02 0000004d "
				    "20010000000000000000000000000001 a913"));
	assert_bytes_equal(put(SPAN(room), &synced),
			   unit_hex(SPAN(want), "0001 412da0a5 03"));
	assert_bytes_equal(bytes_tail(put(SPAN(room), &member), LEDGER_FRAME),
			   unit_hex(SPAN(want),
				    "01 6b01d7de 0102030405060708 04 01 "
				    "00000000000000000000ffffcb007109 "
				    "00000000000000000000ffffcb007109 1267 "
				    "05 67726f7570 08 31302e302e302e35"));
}

static void cut_anywhere(void **state)
{
	static const struct ledger *const all[] = { &member, &tracker,
						    &synced };
	uint8_t room[LEDGER_RECORD];

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct bytes whole = put(SPAN(room), all[i]);

		each_split(at, whole.n)
		{
			struct guard g;
			struct ledger l;
			int n = ledger_take(
				&l, guard_bytes(&g, bytes_head(whole, at)));

			assert_int_equal(n, at < whole.n ? 0 : (int)whole.n);
			if (n > 0)
				assert_same(&l, all[i]);
			guard_free(&g);
		}
	}
}

/* Any bit: it is damaged, or longer than what is here. */
static void each_bit_counts(void **state)
{
	uint8_t room[LEDGER_RECORD];
	struct bytes whole = put(SPAN(room), &member);

	(void)state;
	for (size_t bit = 0; bit < 8 * whole.n; bit++) {
		struct ledger l;

		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_true(ledger_take(&l, whole) <= 0);
		if (bit >= 16)
			assert_int_equal(ledger_take(&l, whole), -NAT_EPROTO);
		room[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

/* A good sum of what is no record; texts that no request can have had. */
static void bodies_that_are_none(void **state)
{
	struct ledger bad = member, l;
	uint8_t room[LEDGER_RECORD];

	(void)state;
	bad.lan = BYTES("a\nb");
	assert_int_equal(ledger_take(&l, put(SPAN(room), &bad)), -NAT_EPROTO);
	bad = member;
	bad.fields = 6;
	assert_int_equal(ledger_take(&l, put(SPAN(room), &bad)), -NAT_EPROTO);
	bad = member;
	bad.marks = 4;
	assert_int_equal(ledger_take(&l, put(SPAN(room), &bad)), -NAT_EPROTO);
	assert_int_equal(ledger_parse(&l, BYTES("")), -NAT_EPROTO);
	assert_int_equal(ledger_parse(&l, BYTES("\x04")), -NAT_EPROTO);
	assert_int_equal(ledger_parse(&l, BYTES("\x03\0")), -NAT_EPROTO);
	memset(room, 0, sizeof room);
	assert_int_equal(ledger_take(&l, bytes_in(SPAN(room))), -NAT_EPROTO);
}

static void longest_fits(void **state)
{
	static uint8_t long_text[TRACK_LAN];
	struct ledger m = member, l;
	uint8_t room[LEDGER_RECORD];

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	m.group = (struct bytes){ long_text, TRACK_GROUP };
	m.lan = (struct bytes){ long_text, TRACK_LAN };
	assert_int_equal(put(SPAN(room), &m).n, LEDGER_RECORD);
	assert_int_equal(ledger_take(&l, bytes_in(SPAN(room))), LEDGER_RECORD);
	assert_same(&l, &m);
}

static void synced_is_found(void **state)
{
	uint8_t room[100] = { 0 };
	struct bytes all = bytes_in(SPAN(room));

	(void)state;
	assert_false(ledger_has_synced(all));
	assert_false(ledger_has_synced(BYTES("")));
	for (size_t at = 0; at <= sizeof room - LEDGER_FRAME - 1; at++) {
		memset(room, 0, sizeof room);
		put((struct span){ room + at, sizeof room - at }, &synced);
		assert_true(ledger_has_synced(all));
		assert_false(
			ledger_has_synced(bytes_head(all, at + LEDGER_FRAME)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(each_bit_counts),
		cmocka_unit_test(bodies_that_are_none),
		cmocka_unit_test(longest_fits),
		cmocka_unit_test(synced_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
