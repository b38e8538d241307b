#include "unit.h"
#include "vectors.h"
#include "crypt/hkdf.h"

enum { LONGEST = 255 * HASH_MOST };

/* RFC 5869 A.1 to A.6. */
static void rfc_5869(void **state)
{
	static const struct {
		const struct hash_alg *alg;
		const char *secret, *salt, *info, *key, *out;
	} rows[] = {
		{ &hash_sha256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		  "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		  "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844a"
		  "d7c2b3e5",
		  "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56"
		  "ecc4c5bf34007208d5b887185865" },
		{ &hash_sha256,
		  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
		  "1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
		  "38393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b"
		  "7c7d7e7f808182838485868788898a8b8c8d8e8f9091929394959697"
		  "98999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacb"
		  "cccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7"
		  "e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		  "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40"
		  "c15fc244",
		  "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c"
		  "19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8"
		  "367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87" },
		{ &hash_sha256, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		  "", "",
		  "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c"
		  "293ccb04",
		  "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f"
		  "3c738d2d9d201395faa4b61a96c8" },
		{ &hash_sha1, "0b0b0b0b0b0b0b0b0b0b0b",
		  "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
		  "9b6c18c432a7bf8f0e71c8eb88f4b30baa2ba243",
		  "085a01ea1b10f36933068b56efa5ad81a4f14b822f5b091568a9cdd4"
		  "f155fda2c22e422478d305f3f896" },
		{ &hash_sha1,
		  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
		  "1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
		  "38393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
		  "606162636465666768696a6b6c6d6e6f707172737475767778797a7b"
		  "7c7d7e7f808182838485868788898a8b8c8d8e8f9091929394959697"
		  "98999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
		  "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacb"
		  "cccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7"
		  "e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
		  "8adae09a2a307059478d309b26c4115a224cfaf6",
		  "0bd770a74d1160f7c9f12cd5912a06ebff6adcae899d92191fe43056"
		  "73ba2ffe8fa3f1a4e5ad79f3f334b3b202b2173c486ea37ce3d397ed"
		  "034c7f9dfeb15c5e927336d0441f4c4300e2cff0d0900b52d3b4" },
		{ &hash_sha1, "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
		  "", "", "da8c8a73c7fa77288ec6f5e7c297786aa0d32d01",
		  "0ac1af7002b3d761d1e55298da9d0506b9ae52057220a306e07b6b87"
		  "e8df21d0ea00033de03984d34918" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hash_alg *alg = rows[i].alg;
		uint8_t room[4][96], key[HASH_MOST], out[96];
		struct bytes secret = unit_hex(SPAN(room[0]), rows[i].secret);
		struct bytes salt = unit_hex(SPAN(room[1]), rows[i].salt);
		struct bytes info = unit_hex(SPAN(room[2]), rows[i].info);
		struct bytes want = unit_hex(SPAN(room[3]), rows[i].out);

		hkdf_extract(alg, salt, secret, key);
		assert_true(hkdf_expand(alg, (struct bytes){ key, alg->size },
					info, (struct span){ out, want.n }));
		assert_memory_equal(out, want.p, want.n);
		want = unit_hex(SPAN(room[3]), rows[i].key);
		assert_int_equal(want.n, alg->size);
		assert_memory_equal(key, want.p, want.n);
	}
}

/* Shorter output is the beginning of longer. */
static void every_length(void **state)
{
	uint8_t all[3 * SHA384_SIZE];
	const struct bytes key = BYTES("a key of no special length");

	(void)state;
	assert_true(hkdf_expand(&hash_sha384, key, BYTES("info"), SPAN(all)));
	each_split(n, sizeof(all))
	{
		struct guard g;
		struct span some = guard_span(&g, n);

		assert_true(
			hkdf_expand(&hash_sha384, key, BYTES("info"), some));
		if (n > 0)
			assert_memory_equal(some.p, all, n);
		guard_free(&g);
	}
}

static void no_more_than_255_digests(void **state)
{
	static uint8_t room[LONGEST + 1], zeros[LONGEST + 1];
	const struct hash_alg *const algs[] = { &hash_sha1, &hash_sha256,
						&hash_sha512 };

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct span most = { room, (size_t)255 * algs[i]->size };
		struct span more = { room, most.n + 1 };

		memset(room, 0, sizeof(room));
		assert_false(
			hkdf_expand(algs[i], BYTES("k"), BYTES("i"), more));
		assert_memory_equal(room, zeros, sizeof(room));
		assert_true(hkdf_expand(algs[i], BYTES("k"), BYTES("i"), most));
	}
}

static void check_vectors(const struct hash_alg *alg, const char *path)
{
	struct field f[] = { { .name = "ikm" },  { .name = "salt" },
			     { .name = "info" }, { .name = "size" },
			     { .name = "okm" },  { .name = "result" } };
	static uint8_t room[4][LONGEST], out[2 * LONGEST];
	struct span file = unit_file(path);
	struct cur c = cur_of(bytes_in(file));
	unsigned valid = 0, invalid = 0;

	while (vectors_next(&c, f, COUNT(f))) {
		struct bytes want = vectors_hex(SPAN(room[3]), f + 4);
		struct span to = { out, vectors_number(f + 3) };
		uint8_t key[HASH_MOST];
		bool right;

		assert_true(to.n <= sizeof(out));
		hkdf_extract(alg, vectors_hex(SPAN(room[1]), f + 1),
			     vectors_hex(SPAN(room[0]), f), key);
		right = hkdf_expand(alg, (struct bytes){ key, alg->size },
				    vectors_hex(SPAN(room[2]), f + 2), to) &&
			bytes_equal(want, bytes_in(to));
		assert_int_equal(right, vectors_valid(f + 5));
		*(right ? &valid : &invalid) += 1;
	}
	free(file.p);
	assert_true(valid > 50 && invalid > 0);
}

static void wycheproof(void **state)
{
	(void)state;
	check_vectors(&hash_sha256,
		      "../shared/vectors/wycheproof/hkdf_sha256_test.json");
	check_vectors(&hash_sha384,
		      "../shared/vectors/wycheproof/hkdf_sha384_test.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_5869),
		cmocka_unit_test(every_length),
		cmocka_unit_test(no_more_than_255_digests),
		cmocka_unit_test(wycheproof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
