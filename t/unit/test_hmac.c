#include "unit.h"
#include "vectors.h"
#include "crypt/hmac.h"

static void mac(uint8_t out[SHA256_SIZE], struct bytes key, struct bytes text)
{
	struct hmac h;

	hmac_init(&h, &hash_sha256, key);
	hmac_add(&h, text);
	hmac_end(&h, out);
}

struct row {
	struct bytes key, text;
	const char *mac;
};

/* 4.2 to 4.8; the mac of the fifth is cut. */
static void rfc_4231(void **state)
{
	static uint8_t aa[131], dd[50], cd[50];
	const struct row rows[] = {
		{ BYTES("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"
			"\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
		  BYTES("Hi There"),
		  "b0344c61d8db38535ca8afceaf0bf12b"
		  "881dc200c9833da726e9376c2e32cff7" },
		{ BYTES("Jefe"), BYTES("what do ya want for nothing?"),
		  "5bdcc146bf60754e6a042426089575c7"
		  "5a003f089d2739839dec58b964ec3843" },
		{ { aa, 20 },
		  { dd, 50 },
		  "773ea91e36800e46854db8ebd09181a7"
		  "2959098b3ef8c122d9635514ced565fe" },
		{ BYTES("\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"
			"\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19"),
		  { cd, 50 },
		  "82558a389a443c0ea4cc819899f2083a"
		  "85f0faa3e578f8077a2e3ff46729665b" },
		{ BYTES("\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"
			"\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c\x0c"),
		  BYTES("Test With Truncation"),
		  "a3b6167473100ee06e0c796c2955552b" },
		{ { aa, 131 },
		  BYTES("Test Using Larger Than Block-Size Key - "
			"Hash Key First"),
		  "60e431591ee0b67f0d8a26aacbf5b77f"
		  "8e0bc6213728c5140546040f0ee37f54" },
		{ { aa, 131 },
		  BYTES("This is a test using a larger than block-size key "
			"and a larger than block-size data. The key needs to "
			"be hashed before being used by the HMAC algorithm."),
		  "9b09ffa71b942fcb27635fbcd5b0e944"
		  "bfdc63644f0713938a7f51535c3a35e2" },
	};

	(void)state;
	memset(aa, 0xaa, sizeof(aa));
	memset(dd, 0xdd, sizeof(dd));
	memset(cd, 0xcd, sizeof(cd));
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[SHA256_SIZE], out[SHA256_SIZE];
		struct bytes want = unit_hex(SPAN(room), rows[i].mac);

		mac(out, rows[i].key, rows[i].text);
		assert_true(want.n >= 16);
		assert_memory_equal(out, want.p, want.n);
	}
}

/* Keys around the size of a block, text in pieces; input at a page's edge. */
static void pieces_equal_the_whole(void **state)
{
	static const size_t keys[] = { 0, 1, 63, 64, 65, 128, 129 };
	uint8_t data[160];
	uint64_t seed = 2104;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)unit_rand(&seed);
	for (size_t i = 0; i < COUNT(keys); i++) {
		uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
		struct guard g, k;
		struct bytes text = guard_bytes(&g, bytes_in(SPAN(data)));
		struct bytes key =
			guard_bytes(&k, (struct bytes){ data, keys[i] });
		struct hmac h;

		mac(want, key, text);
		each_split(at, text.n)
		{
			hmac_init(&h, &hash_sha256, key);
			hmac_add(&h, bytes_head(text, at));
			hmac_add(&h, bytes_tail(text, at));
			hmac_end(&h, got);
			assert_memory_equal(got, want, sizeof(want));
		}
		hmac_init(&h, &hash_sha256, key);
		for (size_t j = 0; j < text.n; j++)
			hmac_add(&h, (struct bytes){ text.p + j, 1 });
		hmac_end(&h, got);
		assert_memory_equal(got, want, sizeof(want));
		guard_free(&g);
		guard_free(&k);
	}
}

/* RFC 2104 2: up to a block is filled with zeros, what is longer is hashed. */
static void keys_around_a_block(void **state)
{
	uint8_t key[64 + 1], digest[SHA256_SIZE];
	uint8_t a[SHA256_SIZE], b[SHA256_SIZE];
	struct hash s;

	(void)state;
	memset(key, 'k', sizeof(key));
	key[64 - 1] = 0;
	mac(a, (struct bytes){ key, 64 - 1 }, BYTES("text"));
	mac(b, (struct bytes){ key, 64 }, BYTES("text"));
	assert_memory_equal(a, b, sizeof(a));
	hash_init(&s, &hash_sha256);
	hash_add(&s, bytes_in(SPAN(key)));
	hash_end(&s, digest);
	mac(a, bytes_in(SPAN(key)), BYTES("text"));
	mac(b, bytes_in(SPAN(digest)), BYTES("text"));
	assert_memory_equal(a, b, sizeof(a));
}

static void wiped_at_the_end(void **state)
{
	static const struct hmac zero;
	uint8_t out[SHA256_SIZE];
	struct hmac h;

	(void)state;
	hmac_init(&h, &hash_sha256, BYTES("key"));
	hmac_add(&h, BYTES("text"));
	hmac_end(&h, out);
	assert_memory_equal(&h, &zero, sizeof(h));
}

struct other {
	const struct hash_alg *alg;
	const char *jefe, *long_key;
};

/* RFC 2202 and 4231 have these two for all of them. */
static void other_hashes(void **state)
{
	static const struct other rows[] = {
		{ &hash_md5, "750c783e6ab0b503eaa86e310a5db738",
		  "bfecaf4efff90a3a668f3922fec3762d" },
		{ &hash_sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
		  "90d0dace1c1bdc957339307803160335bde6df2b" },
		{ &hash_sha384,
		  "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec373"
		  "6322445e8e2240ca5e69e2c78b3239ecfab21649",
		  "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05"
		  "033ac4c60c2ef6ab4030fe8296248df163f44952" },
		{ &hash_sha512,
		  "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7"
		  "ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b"
		  "636e070a38bce737",
		  "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b0137"
		  "83f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec"
		  "8b915a985d786598" },
	};
	uint8_t aa[131];

	(void)state;
	memset(aa, 0xaa, sizeof(aa));
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct other *r = rows + i;
		uint8_t room[HASH_MOST], out[HASH_MOST];

		hmac_of(r->alg, BYTES("Jefe"),
			BYTES("what do ya want for nothing?"), out);
		assert_memory_equal(out, unit_hex(SPAN(room), r->jefe).p,
				    r->alg->size);
		hmac_of(r->alg, bytes_in(SPAN(aa)),
			BYTES("Test Using Larger Than Block-Size Key - "
			      "Hash Key First"),
			out);
		assert_memory_equal(out, unit_hex(SPAN(room), r->long_key).p,
				    r->alg->size);
	}
}

static void check_vectors(const struct hash_alg *alg, const char *path)
{
	struct field f[] = { { .name = "key" },
			     { .name = "msg" },
			     { .name = "tag" },
			     { .name = "result" } };
	struct span file = unit_file(path);
	struct cur c = cur_of(bytes_in(file));
	unsigned valid = 0, invalid = 0;

	while (vectors_next(&c, f, COUNT(f))) {
		uint8_t room[3][1024], out[HASH_MOST];
		struct bytes tag = vectors_hex(SPAN(room[2]), f + 2);
		bool right;

		hmac_of(alg, vectors_hex(SPAN(room[0]), f),
			vectors_hex(SPAN(room[1]), f + 1), out);
		assert_in_range(tag.n, 10, alg->size);
		right = memcmp(out, tag.p, tag.n) == 0;
		assert_int_equal(right, vectors_valid(f + 3));
		*(right ? &valid : &invalid) += 1;
	}
	free(file.p);
	assert_true(valid > 50 && invalid > 50);
}

static void wycheproof(void **state)
{
	const char *const path = "../shared/vectors/wycheproof/";
	const struct {
		const struct hash_alg *alg;
		const char *name;
	} rows[] = {
		{ &hash_sha1, "hmac_sha1_test.json" },
		{ &hash_sha256, "hmac_sha256_test.json" },
		{ &hash_sha384, "hmac_sha384_test.json" },
		{ &hash_sha512, "hmac_sha512_test.json" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[200];

		snprintf(name, sizeof(name), "%s%s", path, rows[i].name);
		check_vectors(rows[i].alg, name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_4231),
		cmocka_unit_test(pieces_equal_the_whole),
		cmocka_unit_test(keys_around_a_block),
		cmocka_unit_test(wiped_at_the_end),
		cmocka_unit_test(other_hashes),
		cmocka_unit_test(wycheproof),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
