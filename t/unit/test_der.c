#include "unit.h"
#include "crypt/der.h"

struct row {
	const char *hex;
	bool good;
};

/* Lengths and tags in no form but DER's. */
static void strict(void **state)
{
	static const struct row rows[] = {
		{ "0400", true },
		{ "040161", true },
		{ "0402 61", false },
		{ "04", false },
		{ "", false },
		{ "048100", false },
		{ "04810161", false },
		{ "04820001 61", false },
		{ "0480 0000", false },
		{ "0485 0000000001 61", false },
		{ "04ffffffffff", false },
		{ "1f0400", false },
		{ "0500", false },
		{ "0484ffffffff", false },
		{ "0484 00000001 61", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[32];
		struct guard g;
		struct cur c = cur_of(
			guard_bytes(&g, unit_hex(SPAN(room), rows[i].hex)));

		der_get(&c, DER_OCTETS);
		assert_int_equal(der_done(&c), rows[i].good);
		guard_free(&g);
	}
}

static void numbers(void **state)
{
	static const struct row rows[] = {
		{ "020100", true },    { "020101", true },
		{ "02020080", true },  { "0200", false },
		{ "020180", false },   { "02020001", false },
		{ "0202ff01", false }, { "0203000080", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[32];
		struct cur c = cur_of(unit_hex(SPAN(room), rows[i].hex));
		struct bytes b = der_uint(&c);

		assert_int_equal(der_done(&c), rows[i].good);
		assert_true(b.n == 0 || b.p[0] != 0);
	}
}

static void bit_strings(void **state)
{
	static const struct row rows[] = {
		{ "030100", true },    { "03020061", true },  { "0300", false },
		{ "03020160", false }, { "0302ff61", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[32];
		struct cur c = cur_of(unit_hex(SPAN(room), rows[i].hex));

		der_bits(&c);
		assert_int_equal(der_done(&c), rows[i].good);
	}
}

/* What is written is read again, at every length around those of lengths. */
static void there_and_back(void **state)
{
	static const size_t sizes[] = { 0,   1,   126, 127,   128,   129,
					254, 255, 256, 65535, 65536, 70000 };
	static uint8_t room[80000], plain[70000];

	(void)state;
	memset(plain, 0x5a, sizeof plain);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct der_out o = der_out(SPAN(room));
		struct cur c, in;
		uint8_t tag;

		der_put(&o, DER_OCTETS, (struct bytes){ plain, sizes[i] });
		der_put_small(&o, 200);
		der_put_uint(&o, BYTES("\0\0\x01\x02"));
		der_wrap(&o, DER_SEQUENCE, 0);
		c = cur_of(der_written(&o));
		in = der_into(&c, DER_SEQUENCE);
		assert_true(bytes_are(der_uint(&in), "\x01\x02"));
		assert_true(bytes_are(der_uint(&in), "\xc8"));
		assert_bytes_equal(der_get(&in, DER_OCTETS),
				   ((struct bytes){ plain, sizes[i] }));
		assert_true(der_done(&in) && der_done(&c));
		c = cur_of(der_written(&o));
		assert_bytes_equal(der_any(&c, &tag), der_written(&o));
		assert_int_equal(tag, DER_SEQUENCE);
	}
}

/* Room for all and for less: whole, or nothing. */
static void room(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 8; n++) {
		struct guard g;
		struct der_out o = der_out(guard_span(&g, n));

		der_put_small(&o, 1);
		der_put_small(&o, 2);
		der_wrap(&o, DER_SEQUENCE, 0);
		assert_int_equal(der_written(&o).n, n == 8 ? 8 : 0);
		assert_int_equal(o.full, n < 8);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict),      cmocka_unit_test(numbers),
		cmocka_unit_test(bit_strings), cmocka_unit_test(there_and_back),
		cmocka_unit_test(room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
