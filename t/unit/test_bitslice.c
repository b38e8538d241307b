#include "unit.h"
#include "crypt/bitslice.h"

static void make_four(uint8_t four[BITSLICE_BYTES])
{
	for (size_t i = 0; i < BITSLICE_BYTES; i++)
		four[i] = (uint8_t)(i * 37 + 11);
}

/* FIPS 197 4.2. */
static uint8_t multiply(uint8_t a, uint8_t b)
{
	uint8_t sum = 0;

	for (; b > 0; b >>= 1) {
		sum ^= b & 1 ? a : 0;
		a = (uint8_t)(a << 1 ^ (a & 0x80 ? 0x1b : 0));
	}
	return sum;
}

/* FIPS 197 5.1.1, by what it says: inverse, then an affine mapping. */
static uint8_t substitute(uint8_t x)
{
	uint8_t inverse = 0, sum = 0x63;

	for (unsigned y = 1; y < 256; y++)
		if (multiply(x, (uint8_t)y) == 1)
			inverse = (uint8_t)y;
	for (unsigned turn = 0; turn < 5; turn++)
		sum ^= (uint8_t)(inverse << turn | inverse >> (8 - turn));
	return sum;
}

static void in_and_out(void **state)
{
	uint8_t four[BITSLICE_BYTES], got[BITSLICE_BYTES];
	uint64_t q[8];

	(void)state;
	make_four(four);
	bitslice_in(q, four);
	for (unsigned n = 0; n < BITSLICE_BYTES; n++) {
		unsigned r = n % 4, c = n / 4 % 4, b = n / 16, byte = 0;

		for (unsigned i = 0; i < 8; i++)
			byte |= (unsigned)(q[i] >> (16 * r + 4 * c + b) & 1)
				<< i;
		assert_int_equal(byte, four[n]);
	}
	bitslice_out(got, q);
	assert_memory_equal(got, four, sizeof(four));
}

static void every_byte_is_substituted(void **state)
{
	(void)state;
	for (unsigned first = 0; first < 256; first += BITSLICE_BYTES) {
		uint8_t four[BITSLICE_BYTES];
		uint64_t q[8];

		for (unsigned i = 0; i < BITSLICE_BYTES; i++)
			four[i] = (uint8_t)(first + i);
		bitslice_in(q, four);
		bitslice_sub(q);
		bitslice_out(four, q);
		for (unsigned i = 0; i < BITSLICE_BYTES; i++)
			assert_int_equal(four[i],
					 substitute((uint8_t)(first + i)));
	}
}

static void rows_shift(void **state)
{
	uint8_t four[BITSLICE_BYTES], got[BITSLICE_BYTES];
	uint64_t q[8];

	(void)state;
	make_four(four);
	bitslice_in(q, four);
	bitslice_rows(q);
	bitslice_out(got, q);
	for (unsigned n = 0; n < BITSLICE_BYTES; n++) {
		unsigned r = n % 4, c = n / 4 % 4, b = n / 16;

		assert_int_equal(got[n], four[16 * b + r + 4 * ((c + r) % 4)]);
	}
}

static void columns_mix(void **state)
{
	uint8_t four[BITSLICE_BYTES], got[BITSLICE_BYTES];
	uint64_t q[8];

	(void)state;
	make_four(four);
	bitslice_in(q, four);
	bitslice_columns(q);
	bitslice_out(got, q);
	for (unsigned n = 0; n < BITSLICE_BYTES; n++) {
		const uint8_t *column = four + n / 4 * 4;
		unsigned want = multiply(column[n % 4], 2) ^
				multiply(column[(n + 1) % 4], 3) ^
				column[(n + 2) % 4] ^ column[(n + 3) % 4];

		assert_int_equal(got[n], want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_and_out),
		cmocka_unit_test(every_byte_is_substituted),
		cmocka_unit_test(rows_shift),
		cmocka_unit_test(columns_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
