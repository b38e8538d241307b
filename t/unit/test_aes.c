#include "unit.h"
#include "crypt/aes.h"
#include "crypt/gcm.h"
#include "os/cpu.h"

typedef void ctr(const struct aes *a, uint8_t counter[AES_BLOCK],
		 struct span text);

/* Plain, and as this processor can. */
static size_t ways(ctr *way[2])
{
	way[0] = aes_ctr;
	if (!gcm_native || !cpu_has_aes())
		return 1;
	way[1] = gcm_native->ctr;
	return 2;
}

/* FIPS 197 C.1 and C.3: a block is a counter, encrypted onto zeros. */
static void fips_197(void **state)
{
	static const struct {
		const char *key, *out;
	} rows[] = {
		{ "000102030405060708090a0b0c0d0e0f",
		  "69c4e0d86a7b0430d8cdb78070b4c55a" },
		{ "000102030405060708090a0b0c0d0e0f"
		  "101112131415161718191a1b1c1d1e1f",
		  "8ea2b7ca516745bfeafc49904b496089" },
	};
	ctr *way[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows) * ways(way); i++) {
		uint8_t room[32], in[16], want[16], out[16] = { 0 };
		struct aes a;

		aes_init(&a, unit_hex(SPAN(room), rows[i % 2].key));
		unit_hex(SPAN(in), "00112233445566778899aabbccddeeff");
		unit_hex(SPAN(want), rows[i % 2].out);
		way[i / 2](&a, in, SPAN(out));
		assert_memory_equal(out, want, sizeof(want));
	}
}

/* NIST SP 800-38A F.5.1 and F.5.5. */
static void sp_800_38a(void **state)
{
	static const char *const keys[] = {
		"2b7e151628aed2a6abf7158809cf4f3c",
		"603deb1015ca71be2b73aef0857d7781"
		"1f352c073b6108d72d9810a30914dff4",
	};
	static const char *const out[] = {
		"874d6191b620e3261bef6864990db6ce"
		"9806f66b7970fdff8617187bb9fffdff"
		"5ae4df3edbd5d35e5b4f09020db03eab"
		"1e031dda2fbe03d1792170a0f3009cee",
		"601ec313775789a5b7a7f504bbf3d228"
		"f443e3ca4d62b59aca84e990cacaf5c5"
		"2b0930daa23de94ce87017ba2d84988d"
		"dfc9c58db67aada613c2dd08457941a6",
	};
	ctr *way[2];

	(void)state;
	for (size_t i = 0; i < COUNT(keys) * ways(way); i++) {
		uint8_t room[32], counter[16], text[64], want[64];
		struct aes a;

		aes_init(&a, unit_hex(SPAN(room), keys[i % 2]));
		unit_hex(SPAN(counter), "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
		unit_hex(SPAN(text), "6bc1bee22e409f96e93d7e117393172a"
				     "ae2d8a571e03ac9c9eb76fac45af8e51"
				     "30c81c46a35ce411e5fbc1191a0a52ef"
				     "f69f2445df4f9b17ad2b417be66c3710");
		unit_hex(SPAN(want), out[i % 2]);
		way[i / 2](&a, counter, SPAN(text));
		assert_memory_equal(text, want, sizeof(want));
		assert_int_equal(counter[15], 3);
		assert_int_equal(counter[12], 0xfc);
	}
}

/* Around the end of 32 bits, in any length: as block by block, each counter
 * made by hand; the counter left behind is the next.
 */
static void counters_wrap(void **state)
{
	uint8_t key[32], text[300], want[304];
	uint64_t seed = 32;
	ctr *way[2];
	struct aes a;

	(void)state;
	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)unit_rand(&seed);
	aes_init(&a, bytes_in(SPAN(key)));
	memset(want, 0, sizeof(want));
	for (size_t i = 0; i < sizeof(want); i += 16) {
		uint8_t counter[16] = { 9,
					9,
					[12] = i < 64 ? 0xff : 0,
					i < 64 ? 0xff : 0,
					i < 64 ? 0xff : 0,
					(uint8_t)(i / 16 - 4) };

		aes_ctr(&a, counter, (struct span){ want + i, 16 });
	}
	for (size_t w = 0; w < ways(way); w++)
		each_split(n, sizeof(text))
		{
			uint8_t counter[16] = { 9,    9,    [12] = 0xff,
						0xff, 0xff, 0xfc };

			memset(text, 0, sizeof(text));
			way[w](&a, counter, (struct span){ text, n });
			assert_memory_equal(text, want, n);
			assert_int_equal(counter[15],
					 (uint8_t)(0xfc + (n + 15) / 16));
			assert_int_equal(counter[14], n > 48 ? 0 : 0xff);
			assert_int_equal(counter[1], 9);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fips_197),
		cmocka_unit_test(sp_800_38a),
		cmocka_unit_test(counters_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
