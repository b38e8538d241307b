#include "unit.h"
#include "wire/tls/pack.h"

static void vectors(void **state)
{
	uint8_t room[32];
	struct pack p = pack_to(SPAN(room));
	size_t outer, inner;

	(void)state;
	pack_u8(&p, 1);
	outer = pack_open(&p, 3);
	pack_u16(&p, 0x0203);
	inner = pack_open(&p, 1);
	pack_bytes(&p, BYTES("abc"));
	pack_close(&p, inner, 1);
	pack_vector(&p, BYTES(""), 2);
	pack_close(&p, outer, 3);
	pack_uint(&p, 0x0102030405060708, 8);
	assert_bytes_equal(pack_done(&p), BYTES("\1\0\0\10\2\3\3abc\0\0"
						"\1\2\3\4\5\6\7\10"));
}

/* At every length that is too short. */
static void full(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 10; n++) {
		struct guard g;
		struct pack p = pack_to(guard_span(&g, n));
		size_t mark = pack_open(&p, 2);

		pack_u8(&p, 9);
		pack_vector(&p, BYTES("abc"), 2);
		pack_u16(&p, 5);
		pack_close(&p, mark, 2);
		assert_int_equal(p.full, n < 10);
		assert_int_equal(pack_done(&p).n, n < 10 ? 0 : 10);
		guard_free(&g);
	}
}

/* A vector that its length cannot count. */
static void too_long(void **state)
{
	static uint8_t room[300], text[256];
	struct pack p = pack_to(SPAN(room));

	(void)state;
	pack_vector(&p, (struct bytes){ text, 255 }, 1);
	assert_false(p.full);
	p = pack_to(SPAN(room));
	pack_vector(&p, (struct bytes){ text, 256 }, 1);
	assert_true(p.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors),
		cmocka_unit_test(full),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
