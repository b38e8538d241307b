#include "unit.h"
#include "crypt/crc.h"
#include "os/cpu.h"

/* The check values of both, and RFC 3720 B.4. */
static void known_answers(void **state)
{
	uint8_t text[32];

	(void)state;
	assert_int_equal(crc32(0, BYTES("123456789")), 0xcbf43926);
	assert_int_equal(crc32c(0, BYTES("123456789")), 0xe3069283);
	assert_int_equal(crc32(0, BYTES("")), 0);
	assert_int_equal(crc32c(0, BYTES("")), 0);
	memset(text, 0, sizeof(text));
	assert_int_equal(crc32c(0, bytes_in(SPAN(text))), 0x8a9136aa);
	memset(text, 0xff, sizeof(text));
	assert_int_equal(crc32c(0, bytes_in(SPAN(text))), 0x62a8ab43);
	for (uint8_t i = 0; i < sizeof(text); i++)
		text[i] = i;
	assert_int_equal(crc32c(0, bytes_in(SPAN(text))), 0x46dd794e);
}

static void pieces_equal_the_whole(void **state)
{
	uint8_t data[100];
	uint64_t seed = 9260;
	struct guard g;
	struct bytes all;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_rand(&seed);
	all = guard_bytes(&g, bytes_in(SPAN(data)));
	each_split(at, all.n)
	{
		struct bytes a = bytes_head(all, at), b = bytes_tail(all, at);

		assert_int_equal(crc32(crc32(0, a), b), crc32(0, all));
		assert_int_equal(crc32c(crc32c(0, a), b), crc32c(0, all));
	}
	guard_free(&g);
}

static void both_are_one(void **state)
{
	uint8_t data[1100];
	uint64_t seed = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_rand(&seed);
	each_split(at, sizeof(data))
	{
		struct bytes b = { data + at, sizeof(data) - at };
		uint32_t want;

		crc32c_native(false);
		want = crc32c(1, b);
		crc32c_native(cpu_has_crc32c());
		assert_int_equal(crc32c(1, b), want);
		crc32_native(false, true);
		want = crc32(1, b);
		crc32_native(cpu_has_aes(), false);
		assert_int_equal(crc32(1, b), want);
		crc32_native(cpu_has_aes(), cpu_has_wide_fold());
		assert_int_equal(crc32(1, b), want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(pieces_equal_the_whole),
		cmocka_unit_test(both_are_one),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	crc32c_native(cpu_has_crc32c());
	crc32_native(cpu_has_aes(), cpu_has_wide_fold());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
