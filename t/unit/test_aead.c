#include "unit.h"
#include "vectors.h"
#include "crypt/aead.h"
#include "crypt/hash.h"
#include "os/cpu.h"

static const struct aead_alg *const algs[] = {
	&aead_aes128_gcm,
	&aead_aes256_gcm,
	&aead_chacha20_poly1305,
};

/* The examples of GCM's authors (McGrew and Viega, cases 1 to 4 and 13 to 16)
 * and RFC 8439 2.8.2; sealed has the tag at its end.
 */
static void known_answers(void **state)
{
	static const struct {
		const struct aead_alg *alg;
		const char *key, *nonce, *aad, *text, *sealed;
	} rows[] = {
		{ &aead_aes128_gcm, "00000000000000000000000000000000",
		  "000000000000000000000000", "", "",
		  "58e2fccefa7e3061367f1d57a4e7455a" },
		{ &aead_aes128_gcm, "00000000000000000000000000000000",
		  "000000000000000000000000", "",
		  "00000000000000000000000000000000",
		  "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b2"
		  "1257bddf" },
		{ &aead_aes128_gcm, "feffe9928665731c6d6a8f9467308308",
		  "cafebabefacedbaddecaf888", "",
		  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		  "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		  "ba637b391aafd255",
		  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e23"
		  "29aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
		  "3d58e091473f59854d5c2af327cd64a62cf35abd2ba6fab4" },
		{ &aead_aes128_gcm, "feffe9928665731c6d6a8f9467308308",
		  "cafebabefacedbaddecaf888",
		  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
		  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		  "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		  "ba637b39",
		  "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e23"
		  "29aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac97"
		  "3d58e0915bc94fbc3221a5db94fae95ae7121a47" },
		{ &aead_aes256_gcm,
		  "00000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "000000000000000000000000", "", "",
		  "530f8afbc74536b9a963b4f1c4cb738b" },
		{ &aead_aes256_gcm,
		  "00000000000000000000000000000000000000000000000000000000"
		  "00000000",
		  "000000000000000000000000", "",
		  "00000000000000000000000000000000",
		  "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5"
		  "d48ab919" },
		{ &aead_aes256_gcm,
		  "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f94"
		  "67308308",
		  "cafebabefacedbaddecaf888", "",
		  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		  "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		  "ba637b391aafd255",
		  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd"
		  "2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
		  "bcc9f662898015adb094dac5d93471bdec1a502270e3cc6c" },
		{ &aead_aes256_gcm,
		  "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f94"
		  "67308308",
		  "cafebabefacedbaddecaf888",
		  "feedfacedeadbeeffeedfacedeadbeefabaddad2",
		  "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d"
		  "8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
		  "ba637b39",
		  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd"
		  "2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
		  "bcc9f66276fc6ece0f4e1768cddf8853bb2d551b" },
		{ &aead_chacha20_poly1305,
		  "808182838485868788898a8b8c8d8e8f909192939495969798999a9b"
		  "9c9d9e9f",
		  "070000004041424344454647", "50515253c0c1c2c3c4c5c6c7",
		  "4c616469657320616e642047656e746c656d656e206f662074686520"
		  "636c617373206f66202739393a204966204920636f756c64206f6666"
		  "657220796f75206f6e6c79206f6e652074697020666f722074686520"
		  "6675747572652c2073756e73637265656e20776f756c642062652069"
		  "742e",
		  "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a7"
		  "36ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29"
		  "05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4"
		  "fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b"
		  "61161ae10b594f09e26a7e902ecbd0600691" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[4][160], text[160], tag[AEAD_TAG];
		struct bytes key = unit_hex(SPAN(room[0]), rows[i].key);
		struct bytes nonce = unit_hex(SPAN(room[1]), rows[i].nonce);
		struct bytes aad = unit_hex(SPAN(room[2]), rows[i].aad);
		struct bytes want = unit_hex(SPAN(room[3]), rows[i].sealed);
		struct span all = { text,
				    unit_hex(SPAN(text), rows[i].text).n };
		struct aead a;

		assert_int_equal(key.n, rows[i].alg->key);
		aead_init(&a, rows[i].alg, key.p);
		aead_seal(&a, nonce.p, aad, all, tag);
		assert_int_equal(want.n, all.n + AEAD_TAG);
		assert_memory_equal(tag, want.p + all.n, AEAD_TAG);
		if (all.n > 0)
			assert_memory_equal(text, want.p, all.n);
		assert_true(aead_open(&a, nonce.p, aad, all, tag));
		unit_hex(SPAN(room[3]), rows[i].text);
		if (all.n > 0)
			assert_memory_equal(text, room[3], all.n);
	}
}

enum { KEY = 0, NONCE = 32, AAD = 44, TEXT = 108, DATA = TEXT + 2100 };

static void make_data(uint8_t data[DATA])
{
	uint64_t seed = 20;

	for (size_t i = 0; i < DATA; i++)
		data[i] = (uint8_t)unit_rand(&seed);
}

/* Seals n bytes, flush against an unmapped page, adds what came out to all and
 * opens it again.
 */
static void there_and_back(const struct aead *a, const uint8_t *data, size_t n,
			   struct hash *all)
{
	struct bytes aad = { data + AAD, n % 64 };
	uint8_t tag[AEAD_TAG];
	struct guard g;
	struct span text = guard_span(&g, n);

	memcpy(text.p, data + TEXT, n);
	aead_seal(a, data + NONCE, aad, text, tag);
	hash_add(all, bytes_in(text));
	hash_add(all, bytes_in(SPAN(tag)));
	assert_true(aead_open(a, data + NONCE, aad, text, tag));
	assert_memory_equal(text.p, data + TEXT, n);
	guard_free(&g);
}

/* All that is sealed for lengths of 0 to 299, then every 61st, hashed, as
 * OpenSSL has it by Python's cryptography.
 */
static void every_length(void **state)
{
	static const struct {
		const struct aead_alg *alg;
		const char *hash;
	} rows[] = {
		{ &aead_aes128_gcm,
		  "27138dc2ffe5d625535bcf8c8f391c48aabee6aa6d3b2c1392962065"
		  "4a2f9749" },
		{ &aead_aes256_gcm,
		  "8ec6f475a0366a27ef59701b598894324aee429224693787556b7100"
		  "dc9d305d" },
		{ &aead_chacha20_poly1305,
		  "b50880bc7b13a81c43a1aecc119e934d615b1ba3e2cc4c4c0d67001c"
		  "3fe28989" },
	};
	uint8_t data[DATA];

	(void)state;
	make_data(data);
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t digest[SHA256_SIZE], want[SHA256_SIZE];
		struct hash all;
		struct aead a;

		hash_init(&all, &hash_sha256);
		aead_init(&a, rows[i].alg, data + KEY);
		for (size_t n = 0; n < 2100; n += n < 300 ? 1 : 61)
			there_and_back(&a, data, n, &all);
		hash_end(&all, digest);
		unit_hex(SPAN(want), rows[i].hash);
		assert_memory_equal(digest, want, sizeof(want));
	}
}

/* Wherever text begins, the same comes out, and nothing around it changes. */
static void anywhere(void **state)
{
	uint8_t data[DATA], want[1100], room[1200], tag[2][AEAD_TAG];

	(void)state;
	make_data(data);
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct bytes aad = { data + AAD, 13 };
		struct aead a;

		aead_init(&a, algs[i], data + KEY);
		memcpy(want, data + TEXT, sizeof(want));
		aead_seal(&a, data + NONCE, aad, SPAN(want), tag[0]);
		for (size_t at = 1; at < 34; at++) {
			struct span text = { room + at, sizeof(want) };

			memset(room, 0xa5, sizeof(room));
			memcpy(text.p, data + TEXT, text.n);
			aead_seal(&a, data + NONCE, aad, text, tag[1]);
			assert_memory_equal(text.p, want, text.n);
			assert_memory_equal(tag[0], tag[1], AEAD_TAG);
			assert_int_equal(room[at - 1], 0xa5);
			assert_int_equal(room[at + text.n], 0xa5);
		}
	}
}

/* With any bit of the n at p turned, nothing opens and text stays. */
static void refused(const struct aead *a, uint8_t *data, uint8_t *p, size_t n)
{
	struct bytes aad = { data + AAD, 20 };
	struct span text = { data + TEXT, 70 };
	uint8_t *tag = data + TEXT + 70, before[70];

	for (size_t bit = 0; bit < 8 * n; bit++) {
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		memcpy(before, text.p, text.n);
		assert_false(aead_open(a, data + NONCE, aad, text, tag));
		assert_memory_equal(before, text.p, text.n);
		p[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void nothing_forged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		uint8_t data[DATA];
		struct span text = { data + TEXT, 70 };
		struct bytes aad = { data + AAD, 20 };
		struct aead a;

		make_data(data);
		aead_init(&a, algs[i], data + KEY);
		aead_seal(&a, data + NONCE, aad, text, text.p + text.n);
		refused(&a, data, data + NONCE, AEAD_NONCE);
		refused(&a, data, data + AAD, aad.n);
		refused(&a, data, text.p, text.n);
		refused(&a, data, text.p + text.n, AEAD_TAG);
		aad.n--;
		assert_false(aead_open(&a, data + NONCE, aad, text,
				       text.p + text.n));
		aad.n++;
		assert_true(aead_open(&a, data + NONCE, aad, text,
				      text.p + text.n));
	}
}

static unsigned key_bits(const struct aead_alg *alg)
{
	return (unsigned)alg->key * 8;
}

/* Those with nonces of 96 bits and tags of 128, the only ones there are here. */
static void check_vectors(const struct aead_alg *alg, const char *path)
{
	struct field f[] = { { .name = "keySize" }, { .name = "ivSize" },
			     { .name = "tagSize" }, { .name = "key" },
			     { .name = "iv" },      { .name = "aad" },
			     { .name = "msg" },     { .name = "ct" },
			     { .name = "tag" },     { .name = "result" } };
	struct span file = unit_file(path);
	struct cur c = cur_of(bytes_in(file));
	unsigned valid = 0, invalid = 0;

	while (vectors_next(&c, f, COUNT(f))) {
		uint8_t room[6][2048], tag[AEAD_TAG];
		struct bytes aad = vectors_hex(SPAN(room[2]), f + 5);
		struct bytes msg = vectors_hex(SPAN(room[3]), f + 6);
		struct bytes ct = vectors_hex(SPAN(room[4]), f + 7);
		struct span text = { room[4], ct.n };
		struct aead a;
		bool right;

		if (vectors_number(f) != key_bits(alg) ||
		    vectors_number(f + 1) != 96 || vectors_number(f + 2) != 128)
			continue;
		aead_init(&a, alg, vectors_hex(SPAN(room[0]), f + 3).p);
		vectors_hex(SPAN(room[1]), f + 4);
		vectors_hex(SPAN(tag), f + 8);
		right = aead_open(&a, room[1], aad, text, tag);
		assert_int_equal(right, vectors_valid(f + 9));
		*(right ? &valid : &invalid) += 1;
		if (!right)
			continue;
		assert_bytes_equal(bytes_in(text), msg);
		aead_seal(&a, room[1], aad, text, room[5]);
		assert_memory_equal(room[5], tag, sizeof(tag));
		assert_bytes_equal(bytes_in(text),
				   vectors_hex(SPAN(room[3]), f + 7));
	}
	free(file.p);
	assert_true(valid > 20 && invalid > 10);
}

static void wycheproof(void **state)
{
#define PATH "../shared/vectors/wycheproof/"
	(void)state;
	check_vectors(&aead_aes128_gcm, PATH "aes_gcm_test.json");
	check_vectors(&aead_aes256_gcm, PATH "aes_gcm_test.json");
	check_vectors(&aead_chacha20_poly1305,
		      PATH "chacha20_poly1305_test.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(every_length),
		cmocka_unit_test(anywhere),
		cmocka_unit_test(nothing_forged),
		cmocka_unit_test(wycheproof),
	};

	/* Once in plain C, once as nat runs here. */
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	aead_native(cpu_has_aes(), cpu_has_avx2());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
