#include "unit.h"
#include "wire/dtls/flight.h"
#include "wire/tls/proto.h"

static struct flight f;
static struct epoch plain, sealed;
static const struct flight_ways ways = { { &plain, &sealed } };
static const uint8_t key[32] = { 3 };

static void begin(uint32_t rtt_ms)
{
	flight_start(&f, rtt_ms);
	memset(&plain, 0, sizeof plain);
	epoch_start(&sealed, suite_find(0xc02b, TLS_VERSION_12, 0), key, key);
}

static bool say(uint8_t type, uint8_t epoch, size_t n)
{
	struct pack p = flight_room(&f);

	for (size_t i = 0; i < n; i++)
		pack_u8(&p, (uint8_t)(i * 3 + type));
	return flight_add(&f, type, epoch, &p);
}

/* Heard by a gather, from fragments of all records of a datagram. */
static void hear(struct gather *g, struct span datagram)
{
	struct epoch_record r;
	struct epoch in = sealed;
	struct span text;

	while (datagram.n > 0 && epoch_next(&r, &datagram)) {
		struct cur c;

		assert_true(epoch_open(r.epoch ? &in : &plain, &r, &text));
		c = cur_of(bytes_in(text));
		while (r.type == TLS_HANDSHAKE && cur_left(&c) > 0)
			gather_add(g, &c, (uint8_t)r.epoch);
	}
}

static size_t fly(struct gather *g, size_t mtu)
{
	size_t count = 0, n;

	flight_go(&f);
	do {
		struct guard edge;
		struct span to = guard_span(&edge, mtu);

		n = flight_pack(&f, &ways, to, 0);
		assert_true(n <= mtu);
		if (g)
			hear(g, (struct span){ to.p, n });
		count += n > 0;
		guard_free(&edge);
	} while (n > 0);
	return count;
}

static void check(struct gather *g, uint8_t type, size_t n)
{
	struct bytes b = gather_peek(g);

	assert_int_equal(b.n, GATHER_HEAD + n);
	assert_int_equal(b.p[0], type);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(b.p[GATHER_HEAD + i], (uint8_t)(i * 3 + type));
	gather_take(g);
}

/* Whatever the MTU, it arrives; and in as few datagrams as it takes. */
static void test_cuts(void **state)
{
	static const uint16_t least[] = { 256, 300, 600, 1200, 4000 };
	static const uint8_t datagrams[] = { 10, 8, 4, 2, 1 };

	(void)state;
	begin(50);
	assert_true(say(11, 0, 1500));
	assert_true(say(16, 0, 33));
	assert_true(say(15, 0, 76));
	assert_true(say(FLIGHT_CCS, 0, 1));
	assert_true(say(20, 1, 12));
	for (size_t mtu = 256; mtu < 2000; mtu++) {
		static uint8_t room[4096];
		struct gather g;

		gather_start(&g, SPAN(room));
		fly(&g, mtu);
		check(&g, 11, 1500);
		check(&g, 16, 33);
		check(&g, 15, 76);
		check(&g, 20, 12);
	}
	for (size_t i = 0; i < COUNT(least); i++)
		assert_in_range(fly(NULL, least[i]), 1, datagrams[i]);
	assert_int_equal(f.seq, 4);
}

/* A message that would go whole into the next datagram is not cut. */
static void test_whole(void **state)
{
	uint8_t to[600];

	(void)state;
	begin(50);
	say(11, 0, 400);
	say(12, 0, 300);
	flight_go(&f);
	assert_int_equal(flight_pack(&f, &ways, SPAN(to), 0), 425);
	assert_int_equal(flight_pack(&f, &ways, SPAN(to), 0), 325);
	assert_int_equal(flight_pack(&f, &ways, SPAN(to), 0), 0);
}

static void test_room(void **state)
{
	(void)state;
	begin(50);
	assert_false(say(11, 0, FLIGHT_ROOM + 1));
	assert_true(say(11, 0, FLIGHT_ROOM));
	assert_false(say(11, 0, 1));
	flight_answered(&f);
	for (int i = 0; i < FLIGHT_MESSAGES; i++)
		assert_true(say(11, 0, 1));
	assert_false(say(11, 0, 1));
}

/* Twice what it was, up to a second. */
static void test_waits(void **state)
{
	static const uint32_t waits[] = { 100, 200, 400, 800, 1000, 1000 };
	uint8_t to[256];
	int64_t now = 0;

	(void)state;
	begin(50);
	assert_false(flight_waits(&f));
	say(1, 0, 40);
	flight_go(&f);
	assert_false(flight_waits(&f));
	for (size_t i = 0; i < COUNT(waits); i++) {
		assert_true(flight_pack(&f, &ways, SPAN(to), now) > 0);
		assert_true(flight_waits(&f));
		assert_int_equal(flight_pack(&f, &ways, SPAN(to), now + 7), 0);
		assert_int_equal(flight_due(&f) - now, waits[i]);
		now = flight_due(&f);
		flight_late(&f);
	}
}

/* The first wait: by what is known of the path, within bounds. */
static void test_first(void **state)
{
	static const uint32_t rows[][2] = {
		{ 0, 200 }, { 1, 50 }, { 40, 80 }, { 900, 1800 }, { 5000, 3000 }
	};
	uint8_t to[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(rows[i][0]);
		say(1, 0, 40);
		flight_go(&f);
		assert_true(flight_pack(&f, &ways, SPAN(to), 5) > 0);
		assert_int_equal(flight_due(&f) - 5, rows[i][1]);
		flight_late(&f);
		assert_in_range(f.wait, rows[i][1],
				rows[i][1] > 1000 ? rows[i][1] : 1000);
	}
}

/* An answer measures the path, if it can only be to what went out once. */
static void test_measure(void **state)
{
	uint8_t to[256];

	(void)state;
	for (int again = 0; again < 2; again++) {
		begin(400);
		say(1, 0, 40);
		flight_go(&f);
		assert_true(flight_pack(&f, &ways, SPAN(to), 1000) > 0);
		if (again) {
			flight_late(&f);
			assert_true(flight_pack(&f, &ways, SPAN(to), 1800) > 0);
		}
		flight_heard(&f, 1840);
		assert_int_equal(flight_due(&f) - 1840, again ? 1000 : 1680);
		flight_heard(&f, 1900);
		assert_int_equal(flight_due(&f) - 1900, again ? 1000 : 1680);
	}
}

/* What is heard again makes it go again, unless that is too soon. */
static void test_missed(void **state)
{
	uint8_t to[256];

	(void)state;
	begin(100);
	flight_missed(&f, 0);
	assert_false(f.going);
	say(1, 0, 40);
	flight_go(&f);
	assert_true(flight_pack(&f, &ways, SPAN(to), 1000) > 0);
	flight_missed(&f, 1099);
	assert_false(f.going);
	flight_missed(&f, 1100);
	assert_true(flight_pack(&f, &ways, SPAN(to), 1100) > 0);
	flight_missed(&f, 1150);
	assert_false(f.going);
	f.asked = true;
	assert_int_equal(flight_due(&f), INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),   cmocka_unit_test(test_whole),
		cmocka_unit_test(test_room),   cmocka_unit_test(test_waits),
		cmocka_unit_test(test_first),  cmocka_unit_test(test_measure),
		cmocka_unit_test(test_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
