#include "unit.h"
#include "crypt/hash.h"
#include "crypt/sha256.h"
#include "os/cpu.h"

static const struct hash_alg *const algs[] = {
	&hash_md5, &hash_sha1, &hash_sha256, &hash_sha384, &hash_sha512,
};

static void digest(const struct hash_alg *alg, struct bytes text, uint8_t *out)
{
	struct hash s;

	hash_init(&s, alg);
	hash_add(&s, text);
	hash_end(&s, out);
}

static void assert_digest(const struct hash_alg *alg, const uint8_t *got,
			  const char *want)
{
	uint8_t room[HASH_MOST];
	struct bytes b = unit_hex(SPAN(room), want);

	assert_int_equal(b.n, alg->size);
	assert_memory_equal(got, b.p, b.n);
}

#define BLOCK "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define WIDE \
	"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn" \
	"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

/* The texts that NIST published with FIPS 180-4, for all of them. */
static void known_answers(void **state)
{
	static const struct {
		const struct hash_alg *alg;
		const char *text, *digest;
	} rows[] = {
		{ &hash_md5, "", "d41d8cd98f00b204e9800998ecf8427e" },
		{ &hash_md5, "abc", "900150983cd24fb0d6963f7d28e17f72" },
		{ &hash_md5, BLOCK, "8215ef0796a20bcaaae116d3876c664a" },
		{ &hash_md5, WIDE, "03dd8807a93175fb062dfb55dc7d359c" },
		{ &hash_sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709" },
		{ &hash_sha1, "abc",
		  "a9993e364706816aba3e25717850c26c9cd0d89d" },
		{ &hash_sha1, BLOCK,
		  "84983e441c3bd26ebaae4aa1f95129e5e54670f1" },
		{ &hash_sha1, WIDE,
		  "a49b2446a02c645bf419f995b67091253a04a259" },
		{ &hash_sha256, "",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
		  "7852b855" },
		{ &hash_sha256, "abc",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
		  "f20015ad" },
		{ &hash_sha256, BLOCK,
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd4"
		  "19db06c1" },
		{ &hash_sha256, WIDE,
		  "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac4503"
		  "7afee9d1" },
		{ &hash_sha384, "",
		  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf"
		  "63f6e1da274edebfe76f65fbd51ad2f14898b95b" },
		{ &hash_sha384, "abc",
		  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a"
		  "43ff5bed8086072ba1e7cc2358baeca134c825a7" },
		{ &hash_sha384, BLOCK,
		  "3391fdddfc8dc7393707a65b1b4709397cf8b1d162af05abfe8f450d"
		  "e5f36bc6b0455a8520bc4e6f5fe95b1fe3c8452b" },
		{ &hash_sha384, WIDE,
		  "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086"
		  "e3b0f712fcc7c71a557e2db966c3e9fa91746039" },
		{ &hash_sha512, "",
		  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921"
		  "d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81"
		  "a538327af927da3e" },
		{ &hash_sha512, "abc",
		  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee6"
		  "4b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
		  "2a9ac94fa54ca49f" },
		{ &hash_sha512, BLOCK,
		  "204a8fc6dda82f0a0ced7beb8e08a41657c16ef468b228a8279be331"
		  "a703c33596fd15c13b1b07f9aa1d3bea57789ca031ad85c7a71dd703"
		  "54ec631238ca3445" },
		{ &hash_sha512, WIDE,
		  "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aead"
		  "b6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd2654"
		  "5e96e55b874be909" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t out[HASH_MOST];

		digest(rows[i].alg, bytes_of(rows[i].text), out);
		assert_digest(rows[i].alg, out, rows[i].digest);
	}
}

struct row {
	const struct hash_alg *alg;
	const char *digest;
};

static void a_million_a(void **state)
{
	static const struct row rows[] = {
		{ &hash_md5, "7707d6ae4e027c70eea2a935c2296f21" },
		{ &hash_sha1, "34aa973cd4c4daa4f61eeb2bdbad27316534016f" },
		{ &hash_sha256,
		  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39cc"
		  "c7112cd0" },
		{ &hash_sha384,
		  "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5"
		  "704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985" },
		{ &hash_sha512,
		  "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803"
		  "afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e"
		  "4eadb217ad8cc09b" },
	};
	uint8_t block[1000], out[HASH_MOST];

	(void)state;
	memset(block, 'a', sizeof(block));
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct hash s;

		hash_init(&s, rows[i].alg);
		for (int n = 0; n < 1000; n++)
			hash_add(&s, bytes_in(SPAN(block)));
		hash_end(&s, out);
		assert_digest(rows[i].alg, out, rows[i].digest);
	}
}

static void in_bytes(const struct hash_alg *alg, struct bytes all, uint8_t *out)
{
	struct hash s;

	hash_init(&s, alg);
	for (size_t i = 0; i < all.n; i++)
		hash_add(&s, (struct bytes){ all.p + i, 1 });
	hash_add(&s, (struct bytes){ NULL, 0 });
	hash_end(&s, out);
}

static void assert_pieces(const struct hash_alg *alg, struct bytes all)
{
	uint8_t want[HASH_MOST], got[HASH_MOST];
	struct hash s, copy;

	digest(alg, all, want);
	each_split(at, all.n)
	{
		hash_init(&s, alg);
		hash_add(&s, bytes_head(all, at));
		copy = s;
		hash_end(&s, got);
		hash_add(&copy, bytes_tail(all, at));
		hash_end(&copy, got);
		assert_memory_equal(got, want, alg->size);
	}
	in_bytes(alg, all, got);
	assert_memory_equal(got, want, alg->size);
}

/* Every length around the padding's turns, cut in two at every place and into
 * single bytes, is what it is at once.
 */
static void pieces_equal_the_whole(void **state)
{
	uint8_t text[HASH_BLOCK_MOST + 9];
	uint64_t seed = 256;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)unit_rand(&seed);
	for (size_t i = 0; i < COUNT(algs); i++)
		each_split(n, sizeof(text))
		{
			struct guard g;

			assert_pieces(
				algs[i],
				guard_bytes(&g, (struct bytes){ text, n }));
			guard_free(&g);
		}
}

/* The digests of 0..300 zero bytes, one after the other and hashed again, as
 * Python's hashlib has it: every length of padding against another's.
 */
static void every_length(void **state)
{
	static const struct row rows[] = {
		{ &hash_md5, "1e2b502c6668b47a4f5f0da836313c42" },
		{ &hash_sha1, "9c853452df314b85bf69cb9f36281b60a86aa5b3" },
		{ &hash_sha256,
		  "21ca6b0414077d01ad81ff2cd5ac9dfceaa3dd757d8d93e865935929"
		  "b573c501" },
		{ &hash_sha384,
		  "386228deb245521c1043dadc433da8192fe2fa9f7842167aa119eb04"
		  "18ae82bfab716f179a057f3c3f5971fcb226f46e" },
		{ &hash_sha512,
		  "20f117a30fdf9e09d9b68dca42958392256f815864aa587894aea7e3"
		  "5ff524f0ea18c201cba6e0e6cb69db6687279f3b8d9b3dd87542e14c"
		  "8ee0faca3f68b45a" },
	};
	static const uint8_t zeros[300];
	uint8_t out[HASH_MOST];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct hash_alg *alg = rows[i].alg;
		struct hash all;

		hash_init(&all, alg);
		each_split(n, sizeof(zeros))
		{
			digest(alg, (struct bytes){ zeros, n }, out);
			hash_add(&all, (struct bytes){ out, alg->size });
		}
		hash_end(&all, out);
		assert_digest(alg, out, rows[i].digest);
	}
}

static void wiped_at_the_end(void **state)
{
	static const struct hash zero;

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		uint8_t out[HASH_MOST];
		struct hash s;

		memset(&s, 0xa5, sizeof(s));
		hash_init(&s, algs[i]);
		hash_add(&s, BYTES("a secret"));
		hash_end(&s, out);
		assert_memory_equal(&s, &zero, sizeof(s));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(a_million_a),
		cmocka_unit_test(pieces_equal_the_whole),
		cmocka_unit_test(every_length),
		cmocka_unit_test(wiped_at_the_end),
	};

	/* Once in plain C, once as nat runs here. */
	sha256_native(false);
	if (cmocka_run_group_tests(tests, NULL, NULL) != 0)
		return 1;
	sha256_native(cpu_has_sha256());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
