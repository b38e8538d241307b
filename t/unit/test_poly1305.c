#include "unit.h"
#include "crypt/hash.h"
#include "crypt/poly1305.h"
#include "os/cpu.h"

static bool natively;

static void mac(uint8_t tag[POLY1305_TAG], const uint8_t *key, struct bytes b)
{
	struct poly1305 p;

	poly1305_init(&p, key);
	p.many = natively ? poly1305_native : NULL;
	poly1305_add(&p, b);
	poly1305_end(&p, tag);
}

/* RFC 8439 A.3, 7 to 11, where carries and the last reduction matter; and the
 * largest of everything.
 */
static void edges(void **state)
{
	static const struct {
		const char *key, *text, *tag;
	} rows[] = {
		{ "02000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "ffffffffffffffffffffffffffffffff",
		  "03000000000000000000000000000000" },
		{ "02000000000000000000000000000000ffffffffffffffffffffffff"
		  "ffffffff",
		  "02000000000000000000000000000000",
		  "03000000000000000000000000000000" },
		{ "01000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffff"
		  "ffffffff11000000000000000000000000000000",
		  "05000000000000000000000000000000" },
		{ "01000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefe"
		  "fefefefe01010101010101010101010101010101",
		  "00000000000000000000000000000000" },
		{ "02000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "fdffffffffffffffffffffffffffffff",
		  "faffffffffffffffffffffffffffffff" },
		{ "01000000000000000400000000000000000000000000000000000000"
		  "00000000",
		  "e33594d7505e43b900000000000000003394d7505e4379cd01000000"
		  "00000000000000000000000000000000000000000100000000000000"
		  "0000000000000000",
		  "14000000000000005500000000000000" },
		{ "01000000000000000400000000000000000000000000000000000000"
		  "00000000",
		  "e33594d7505e43b900000000000000003394d7505e4379cd01000000"
		  "0000000000000000000000000000000000000000",
		  "13000000000000000000000000000000" },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffff",
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffff",
		  "c30c8c6a3af35fc6645a7e3a51df3f04" },
		{ "ffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
		  "ffffffff",
		  "00000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000"
		  "0000000000000000",
		  "49e2e7f920a5615e9d0c1d9426133fe9" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[3][256], tag[POLY1305_TAG];
		struct guard g, h;
		struct bytes key =
			guard_bytes(&g, unit_hex(SPAN(room[0]), rows[i].key));
		struct bytes text =
			guard_bytes(&h, unit_hex(SPAN(room[1]), rows[i].text));

		mac(tag, key.p, text);
		assert_memory_equal(tag, unit_hex(SPAN(room[2]), rows[i].tag).p,
				    16);
		guard_free(&g);
		guard_free(&h);
	}
}

/* The tags of the first 0 to 1024 bytes, hashed, as Python's integers have
 * them; at every alignment, at once and block by block.
 */
static void every_length(void **state)
{
	uint8_t data[32 + 1024], digest[SHA256_SIZE], want[SHA256_SIZE];
	uint64_t seed = 1305;
	struct hash all;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_rand(&seed);
	hash_init(&all, &hash_sha256);
	each_split(n, 1024)
	{
		uint8_t tag[2][POLY1305_TAG];
		struct guard g;
		struct bytes text =
			guard_bytes(&g, (struct bytes){ data + 32, n });
		struct poly1305 p;

		mac(tag[0], data, text);
		hash_add(&all, bytes_in(SPAN(tag[0])));
		poly1305_init(&p, data);
		for (; text.n > 16; text = bytes_tail(text, 16))
			poly1305_add(&p, bytes_head(text, 16));
		poly1305_add(&p, text);
		poly1305_end(&p, tag[1]);
		assert_memory_equal(tag[0], tag[1], 16);
		guard_free(&g);
	}
	hash_end(&all, digest);
	unit_hex(SPAN(want),
		 "76f7fdb860cea0520199fa13bec6107448317478af4aae1c71c81a21"
		 "e4314a03");
	assert_memory_equal(digest, want, sizeof(want));
}

/* Texts and keys of the largest and smallest limbs, from any sum on. */
static void both_are_one(void **state)
{
	static uint8_t text[1300];
	uint8_t key[32], tag[2][POLY1305_TAG];

	(void)state;
	if (!poly1305_native || !cpu_has_avx2())
		skip();
	for (unsigned i = 0; i < 8; i++) {
		memset(key, i & 1 ? 0xff : 0x5a, sizeof(key));
		memset(text, i & 2 ? 0xff : 0, sizeof(text));
		memset(text, i & 4 ? 0xff : 0xa5, 33);
		for (size_t n = 200; n < sizeof(text); n++) {
			for (int w = 0; w < 2; w++) {
				struct poly1305 p;

				poly1305_init(&p, key);
				p.many = w ? poly1305_native : NULL;
				poly1305_add(&p, (struct bytes){ text, 33 });
				poly1305_add(&p, (struct bytes){ text, n });
				poly1305_end(&p, tag[w]);
			}
			assert_memory_equal(tag[0], tag[1], POLY1305_TAG);
		}
	}
}

static void wiped_at_the_end(void **state)
{
	static const struct poly1305 zero;
	static const uint8_t key[POLY1305_KEY] = { 1, 2, 3 };
	struct poly1305 p;
	uint8_t tag[POLY1305_TAG];

	(void)state;
	poly1305_init(&p, key);
	poly1305_add(&p, BYTES("text"));
	poly1305_end(&p, tag);
	assert_memory_equal(&p, &zero, sizeof(p));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edges),
		cmocka_unit_test(every_length),
		cmocka_unit_test(both_are_one),
		cmocka_unit_test(wiped_at_the_end),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	natively = cpu_has_avx2();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
