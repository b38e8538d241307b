#include "unit.h"
#include "wire/dtls/gather.h"

enum { ROOM = 2048 };

static struct guard guard;
static struct gather g;

static void begin(size_t room)
{
	gather_start(&g, guard_span(&guard, room));
}

static void put24(uint8_t *to, size_t n)
{
	to[0] = (uint8_t)(n >> 16);
	to[1] = (uint8_t)(n >> 8);
	to[2] = (uint8_t)n;
}

/* Bytes at to at + part of a message of n, flush against a page. */
static enum gather_said add(uint16_t seq, size_t n, size_t at, size_t part)
{
	uint8_t b[GATHER_HEAD + ROOM];
	struct guard edge;
	struct cur c;
	enum gather_said said;

	gather_head(b, 11, seq, n);
	put24(b + 6, at);
	put24(b + 9, part);
	for (size_t i = 0; i < part; i++)
		b[GATHER_HEAD + i] = (uint8_t)((at + i) * 7 + seq);
	c = cur_of(guard_bytes(&edge, (struct bytes){ b, GATHER_HEAD + part }));
	said = gather_add(&g, &c, 0);
	guard_free(&edge);
	return said;
}

static void whole(uint16_t seq, size_t n)
{
	uint8_t head[GATHER_HEAD];
	struct bytes b = gather_peek(&g);

	assert_int_equal(b.n, GATHER_HEAD + n);
	gather_head(head, 11, seq, n);
	assert_memory_equal(b.p, head, sizeof head);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(b.p[GATHER_HEAD + i], (uint8_t)(i * 7 + seq));
	gather_take(&g);
	assert_int_equal(g.next, (uint16_t)(seq + 1));
}

/* Cut in any two, either first; cut anew in the middle. */
static void test_cuts(void **state)
{
	(void)state;
	begin(ROOM);
	for (uint16_t at = 0; at <= 60; at++) {
		uint16_t seq = (uint16_t)(2 * at);

		assert_int_equal(add(seq, 60, at, 60U - at), GATHER_TAKEN);
		assert_int_equal(gather_peek(&g).n > 0, at == 0);
		assert_int_equal(add(seq, 60, 0, at), GATHER_TAKEN);
		whole(seq, 60);
		seq++;
		add(seq, 60, 0, at / 2);
		add(seq, 60, at / 3, at / 2);
		add(seq, 60, at / 2, 60U - at / 2);
		whole(seq, 60);
	}
	assert_int_equal(g.used, 0);
	guard_free(&guard);
}

/* In any order, often, in pieces of any length: beside the messages themselves. */
static void test_chance(void **state)
{
	uint64_t seed = 11;
	uint16_t next = 0;

	(void)state;
	begin(ROOM);
	for (int i = 0; i < 60000 && next < 400; i++) {
		uint16_t seq = (uint16_t)(next + unit_rand(&seed) % 12 - 2);
		size_t n = seq * 13U % 300, at = unit_rand(&seed) % 9 * n / 8;

		add(seq, n, at, unit_rand(&seed) % 9 * (n - at) / 8);
		if (gather_peek(&g).p) {
			whole(next, next * 13U % 300);
			next++;
		}
	}
	assert_int_equal(next, 400);
	guard_free(&guard);
}

static void test_numbers(void **state)
{
	(void)state;
	begin(ROOM);
	g.next = 65535;
	assert_int_equal(add(65534, 4, 0, 4), GATHER_OLD);
	assert_int_equal(add(7, 4, 0, 4), GATHER_REFUSED);
	assert_int_equal(add(6, 4, 0, 4), GATHER_TAKEN);
	assert_int_equal(add(65535, 0, 0, 0), GATHER_TAKEN);
	whole(65535, 0);
	assert_null(gather_peek(&g).p);
	assert_int_equal(add(65535, 0, 0, 0), GATHER_OLD);
	guard_free(&guard);
}

static void test_wrong(void **state)
{
	(void)state;
	begin(ROOM);
	assert_int_equal(add(0, 10, 5, 6), GATHER_REFUSED);
	assert_int_equal(add(0, 10, 11, 0), GATHER_REFUSED);
	assert_int_equal(add(0, 0xffffff, 0xffffff, 0), GATHER_REFUSED);
	assert_int_equal(add(0, 10, 0, 5), GATHER_TAKEN);
	assert_int_equal(add(0, 11, 5, 6), GATHER_REFUSED);
	assert_int_equal(add(0, 10, 5, 5), GATHER_TAKEN);
	whole(0, 10);
	guard_free(&guard);
}

/* Each length of what is cut off. */
static void test_short(void **state)
{
	uint8_t b[GATHER_HEAD + 5] = { 0 };

	(void)state;
	begin(ROOM);
	gather_head(b, 1, 0, 5);
	for (size_t n = 0; n < sizeof b; n++) {
		struct guard edge;
		struct cur c =
			cur_of(guard_bytes(&edge, (struct bytes){ b, n }));

		assert_int_equal(gather_add(&g, &c, 0), GATHER_REFUSED);
		assert_int_equal(cur_left(&c), 0);
		guard_free(&edge);
	}
	guard_free(&guard);
}

/* Those that came ahead give way to the next one, which has all the room. */
static void test_room(void **state)
{
	enum { FITS = 800 }; /* with its head and a bit each */

	(void)state;
	begin(GATHER_HEAD + FITS + FITS / 8);
	assert_int_equal(add(3, 400, 0, 10), GATHER_TAKEN);
	assert_int_equal(add(1, 500, 0, 10), GATHER_REFUSED);
	assert_int_equal(add(2, 200, 0, 200), GATHER_TAKEN);
	assert_int_equal(add(0, FITS + 1, 0, 10), GATHER_REFUSED);
	assert_int_equal(add(0, FITS, 0, 10), GATHER_TAKEN);
	assert_int_equal(add(2, 200, 0, 200), GATHER_REFUSED);
	assert_int_equal(add(0, FITS, 10, FITS - 10), GATHER_TAKEN);
	whole(0, FITS);
	assert_int_equal(add(2, 200, 0, 200), GATHER_TAKEN);
	assert_int_equal(add(1, 200, 0, 200), GATHER_TAKEN);
	whole(1, 200);
	whole(2, 200);
	guard_free(&guard);
}

/* What comes sealed replaces what did not, and not the other way. */
static void test_epochs(void **state)
{
	static const uint8_t plain[GATHER_HEAD + 1] = { 20, 0, 0, 2, 0, 0,  0,
							0,  0, 0, 0, 1, 'a' };
	static const uint8_t sealed[GATHER_HEAD + 1] = { 20, 0, 0, 1, 0, 0,  0,
							 0,  0, 0, 0, 1, 'b' };
	struct cur c = cur_of((struct bytes){ plain, sizeof plain });

	(void)state;
	begin(ROOM);
	assert_int_equal(gather_add(&g, &c, 0), GATHER_TAKEN);
	c = cur_of((struct bytes){ sealed, sizeof sealed });
	assert_int_equal(gather_add(&g, &c, 1), GATHER_TAKEN);
	c = cur_of((struct bytes){ plain, sizeof plain });
	assert_int_equal(gather_add(&g, &c, 0), GATHER_REFUSED);
	assert_int_equal(gather_epoch(&g), 1);
	assert_int_equal(gather_peek(&g).p[GATHER_HEAD], 'b');
	gather_drop(&g);
	assert_null(gather_peek(&g).p);
	assert_int_equal(g.next, 0);
	guard_free(&guard);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cuts),    cmocka_unit_test(test_chance),
		cmocka_unit_test(test_numbers), cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_short),   cmocka_unit_test(test_room),
		cmocka_unit_test(test_epochs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
