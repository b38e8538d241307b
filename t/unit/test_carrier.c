#include "unit.h"
#include "wire/carrier.h"

static const uint8_t key[FASTNAT_KEY] = { 0,  1,  2,  3,  4,  5,  6,  7,
					  8,  9,  10, 11, 12, 13, 14, 15,
					  16, 17, 18, 19, 20, 21, 22, 23,
					  24, 25, 26, 27, 28, 29, 30, 31 };

/* What Python's hmac makes of them. */
static const struct {
	enum fastnat_side side;
	uint32_t flow, counter;
	const char *payload, *head;
} rows[] = {
	{ FASTNAT_CLIENT, 0x01020304, 1, "hello",
	  "0102030400000001c0e7eb47bea3e2f3" },
	{ FASTNAT_RELAY, 0x01020304, 1, "hello",
	  "0102030400000001f8a1259c5c64a7f7" },
	{ FASTNAT_CLIENT, 0, UINT32_MAX, "",
	  "00000000ffffffff8e174993b435004f" },
};

static struct carrier_key keys(void)
{
	struct carrier_key k;

	carrier_key_init(&k, key);
	return k;
}

static struct carrier row(size_t i)
{
	return (struct carrier){ .flow = rows[i].flow,
				 .counter = rows[i].counter,
				 .payload = bytes_of(rows[i].payload) };
}

/* A datagram flush against an unmapped page. */
static struct bytes datagram(struct guard *g, size_t i)
{
	struct carrier_key k = keys();
	struct carrier c = row(i);
	struct span all = guard_span(g, CARRIER_HEAD + c.payload.n);

	carrier_head(all.p, &c, &k, rows[i].side);
	memcpy(all.p + CARRIER_HEAD, c.payload.p, c.payload.n);
	return bytes_in(all);
}

static void vectors(void **state)
{
	struct carrier_key k = keys();
	uint8_t head[CARRIER_HEAD], room[CARRIER_HEAD];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct carrier c = row(i);

		carrier_head(head, &c, &k, rows[i].side);
		assert_bytes_equal(((struct bytes){ head, sizeof head }),
				   unit_hex(SPAN(room), rows[i].head));
	}
}

static void there_and_back(void **state)
{
	struct carrier_key k = keys();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct guard g;
		struct carrier got;

		assert_int_equal(carrier_parse(&got, datagram(&g, i)), 0);
		assert_int_equal(got.flow, rows[i].flow);
		assert_int_equal(got.counter, rows[i].counter);
		assert_bytes_equal(got.payload, bytes_of(rows[i].payload));
		assert_true(carrier_proven(&got, &k, rows[i].side));
		assert_false(carrier_proven(&got, &k, !rows[i].side));
		guard_free(&g);
	}
}

static void every_prefix_is_wrong(void **state)
{
	struct carrier_key k = keys();
	struct guard g;
	struct bytes whole = datagram(&g, 0);

	(void)state;
	for (size_t n = 0; n < whole.n; n++) {
		struct guard part;
		struct bytes b = guard_bytes(&part, bytes_head(whole, n));
		struct carrier got;
		int rc = carrier_parse(&got, b);

		assert_int_equal(rc, n < CARRIER_HEAD ? -NAT_EPROTO : 0);
		if (rc == 0)
			assert_false(carrier_proven(&got, &k, rows[0].side));
		guard_free(&part);
	}
	guard_free(&g);
}

static void every_bit_counts(void **state)
{
	struct carrier_key k = keys();
	struct guard g;
	struct bytes whole = datagram(&g, 0);
	uint8_t *p = g.mem + (whole.p - g.mem);

	(void)state;
	for (size_t bit = 0; bit < 8 * whole.n; bit++) {
		struct carrier got;

		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(carrier_parse(&got, whole), 0);
		assert_false(carrier_proven(&got, &k, rows[0].side));
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	guard_free(&g);
}

/* Against a model that remembers everything. */
static void window_against_a_model(void **state)
{
	enum { MOST = 4000 };
	static bool seen[MOST];
	struct carrier_window w = { 0 };
	uint64_t seed = 11;
	uint32_t top = 0;

	(void)state;
	for (int step = 0; step < 20000; step++) {
		uint32_t base = (uint32_t)step / 8;
		uint32_t n = base + unit_rand(&seed) % 150;
		bool right = n > 0 && !seen[n] && (n > top || top - n < 64);

		assert_int_equal(carrier_fresh(&w, n), right);
		seen[n] = seen[n] || right;
		top = right && n > top ? n : top;
	}
}

static void window_edges(void **state)
{
	struct carrier_window w = { 0 };

	(void)state;
	assert_false(carrier_fresh(&w, 0));
	assert_true(carrier_fresh(&w, 1));
	assert_true(carrier_fresh(&w, UINT32_MAX));
	assert_false(carrier_fresh(&w, UINT32_MAX));
	assert_false(carrier_fresh(&w, UINT32_MAX - 64));
	assert_true(carrier_fresh(&w, UINT32_MAX - 63));
	assert_false(carrier_fresh(&w, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(every_prefix_is_wrong),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(window_against_a_model),
		cmocka_unit_test(window_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
