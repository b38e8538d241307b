#include "unit.h"
#include "crypt/hmac.h"
#include "crypt/rounds.h"
#include "crypt/sha256.h"
#include "os/cpu.h"

static void need_native(void)
{
	if (!rounds_native || !cpu_has_sha256()) {
		print_message("no instructions for SHA-256 here\n");
		skip();
	}
}

/* FIPS 180-4's example "abc", padded by hand. */
static const uint8_t abc[ROUNDS_BLOCK] = { 'a', 'b', 'c', 0x80, [63] = 24 };
static const uint32_t start[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
};
static const uint32_t after[8] = {
	0xba7816bf, 0x8f01cfea, 0x414140de, 0x5dae2223,
	0xb00361a3, 0x96177a9c, 0xb410ff61, 0xf20015ad,
};

static void portable_knows_abc(void **state)
{
	uint32_t h[8];

	(void)state;
	memcpy(h, start, sizeof(h));
	rounds_portable(h, abc, 0);
	assert_memory_equal(h, start, sizeof(h));
	rounds_portable(h, abc, 1);
	assert_memory_equal(h, after, sizeof(h));
}

static void native_knows_abc(void **state)
{
	uint32_t h[8];

	(void)state;
	need_native();
	memcpy(h, start, sizeof(h));
	rounds_native(h, abc, 0);
	assert_memory_equal(h, start, sizeof(h));
	rounds_native(h, abc, 1);
	assert_memory_equal(h, after, sizeof(h));
}

/* Any value, any blocks, any alignment, up to the edge of a page. */
static void both_are_one(void **state)
{
	uint8_t text[5 * ROUNDS_BLOCK];
	uint64_t seed = 57;

	(void)state;
	need_native();
	for (unsigned i = 0; i < 2000; i++) {
		size_t n = i % 6;
		uint32_t a[8], b[8];
		struct guard g;
		struct bytes in;

		for (size_t k = 0; k < sizeof(text); k++)
			text[k] = (uint8_t)unit_rand(&seed);
		for (size_t k = 0; k < 8; k++)
			a[k] = b[k] = unit_rand(&seed);
		in = guard_bytes(&g, (struct bytes){ text, n * ROUNDS_BLOCK });
		rounds_portable(a, in.p, n);
		rounds_native(b, i % 2 ? in.p : text, n);
		assert_memory_equal(a, b, sizeof(a));
		guard_free(&g);
	}
}

static void mac_of(const uint8_t *text, size_t n, uint8_t out[SHA256_SIZE])
{
	struct hmac h;

	hmac_init(&h, &hash_sha256, BYTES("a key of thirty-two bytes, or so"));
	hmac_add(&h, (struct bytes){ text, n / 3 });
	hmac_add(&h, (struct bytes){ text + n / 3, n - n / 3 });
	hmac_end(&h, out);
}

/* What the product computes with them and without, packets and all. */
static void hashes_are_one(void **state)
{
	uint8_t text[1400], plain[SHA256_SIZE], native[SHA256_SIZE];
	uint64_t seed = 1400;

	(void)state;
	need_native();
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)unit_rand(&seed);
	each_split(n, sizeof(text))
	{
		sha256_native(false);
		mac_of(text, n, plain);
		sha256_native(true);
		mac_of(text, n, native);
		assert_memory_equal(plain, native, sizeof(plain));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(portable_knows_abc),
		cmocka_unit_test(native_knows_abc),
		cmocka_unit_test(both_are_one),
		cmocka_unit_test(hashes_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
