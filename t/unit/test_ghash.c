#include "unit.h"
#include "crypt/gcm.h"
#include "crypt/ghash.h"
#include "os/cpu.h"

/* NIST SP 800-38D 6.3, bit by bit: bit i is the i-th from the left. */
static void multiply(uint8_t x[16], const uint8_t y[16])
{
	uint8_t z[16] = { 0 }, v[16];

	memcpy(v, y, 16);
	for (unsigned i = 0; i < 128; i++) {
		uint8_t last = v[15] & 1, carry = 0;

		for (unsigned j = 0; j < 16; j++) {
			uint8_t byte = v[j];

			z[j] ^= x[i / 8] >> (7 - i % 8) & 1 ? byte : 0;
			v[j] = (uint8_t)(byte >> 1 | carry << 7);
			carry = byte & 1;
		}
		v[0] ^= last ? 0xe1 : 0;
	}
	memcpy(x, z, 16);
}

static void slowly(uint8_t sum[16], const uint8_t h[16], struct bytes b)
{
	for (size_t i = 0; i < b.n; i++) {
		sum[i % 16] ^= b.p[i];
		if (i % 16 == 15 || i + 1 == b.n)
			multiply(sum, h);
	}
}

static void natively(uint8_t sum[16], const uint8_t h[16], struct bytes b)
{
	struct gcm g = { .way = gcm_native };

	memcpy(g.powers[0], h, 16);
	gcm_native->start(&g);
	gcm_native->add(&g, sum, b);
}

static void check(const uint8_t h[16], struct bytes b)
{
	uint8_t want[16] = { 1, 2, 3, [15] = 9 },
		got[16] = { 1, 2, 3, [15] = 9 };
	struct guard g;

	slowly(want, h, b);
	b = guard_bytes(&g, b);
	ghash_add(got, h, b);
	assert_memory_equal(got, want, 16);
	if (gcm_native && cpu_has_aes()) {
		memcpy(got, (const uint8_t[16]){ 1, 2, 3, [15] = 9 }, 16);
		natively(got, h, b);
		assert_memory_equal(got, want, 16);
	}
	guard_free(&g);
}

/* The second example of GCM's authors. */
static void known_answer(void **state)
{
	uint8_t h[16], c[16], sum[16] = { 0 }, want[16];
	static const uint8_t sizes[16] = { [15] = 128 };

	(void)state;
	unit_hex(SPAN(h), "66e94bd4ef8a2c3b884cfa59ca342b2e");
	unit_hex(SPAN(c), "0388dace60b6a392f328c2b971b2fe78");
	unit_hex(SPAN(want), "f38cbb1ad69223dcc3457ae5b6b0f885");
	ghash_add(sum, h, bytes_in(SPAN(c)));
	ghash_add(sum, h, (struct bytes){ sizes, 16 });
	assert_memory_equal(sum, want, 16);
}

static void as_the_standard_says(void **state)
{
	uint8_t data[400];
	uint64_t seed = 38;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_rand(&seed);
	each_split(n, sizeof(data) - 16)
		check(data, (struct bytes){ data + 16, n });
}

/* One bit each, all bits: where carries and folding are. */
static void single_bits(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 128; i++)
		for (unsigned j = 0; j < 128; j += 7) {
			uint8_t h[16] = { 0 }, x[16] = { 0 };

			h[i / 8] = (uint8_t)(0x80 >> i % 8);
			x[j / 8] = (uint8_t)(0x80 >> j % 8);
			check(h, bytes_in(SPAN(x)));
			memset(x, 0xff, sizeof(x));
			check(h, bytes_in(SPAN(x)));
			memset(h, 0xff, sizeof(h));
			check(h, bytes_in(SPAN(x)));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answer),
		cmocka_unit_test(as_the_standard_says),
		cmocka_unit_test(single_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
