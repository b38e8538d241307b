#include "unit.h"
#include "crypt/sha256.h"
#include "os/cpu.h"

static void assert_digest(const uint8_t *got, const char *want)
{
	uint8_t room[SHA256_SIZE];
	struct bytes b = unit_hex(SPAN(room), want);

	assert_int_equal(b.n, SHA256_SIZE);
	assert_memory_equal(got, b.p, SHA256_SIZE);
}

/* FIPS 180-4 and the examples that NIST published with it. */
static void known_answers(void **state)
{
	static const struct {
		const char *text, *digest;
	} rows[] = {
		{ "", "e3b0c442 98fc1c14 9afbf4c8 996fb924 "
		      "27ae41e4 649b934c a495991b 7852b855" },
		{ "abc", "ba7816bf 8f01cfea 414140de 5dae2223 "
			 "b00361a3 96177a9c b410ff61 f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61 d20638b8 e5c02693 0c3e6039 "
		  "a33ce459 64ff2167 f6ecedd4 19db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklm"
		  "ghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
		  "mnopqrstnopqrstu",
		  "cf5b16a7 78af8380 036ce59e 7b049237 "
		  "0b249b11 e8f07a51 afac4503 7afee9d1" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t out[SHA256_SIZE];
		struct sha256 s;

		sha256_init(&s);
		sha256_add(&s, bytes_of(rows[i].text));
		sha256_end(&s, out);
		assert_digest(out, rows[i].digest);
	}
}

static void a_million_a(void **state)
{
	uint8_t block[1000], out[SHA256_SIZE];
	struct sha256 s;

	(void)state;
	memset(block, 'a', sizeof(block));
	sha256_init(&s);
	for (int i = 0; i < 1000; i++)
		sha256_add(&s, bytes_in(SPAN(block)));
	sha256_end(&s, out);
	assert_digest(out, "cdc76e5c 9914fb92 81a1c7e2 84d73e67 "
			   "f1809a48 a497200e 046d39cc c7112cd0");
}

/* Every length around the padding's turns, cut in two at every place and into
 * single bytes, is what it is at once.
 */
static void pieces_equal_the_whole(void **state)
{
	uint8_t text[2 * SHA256_BLOCK + 9];
	uint64_t seed = 256;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)unit_rand(&seed);
	each_split(n, sizeof(text))
	{
		uint8_t want[SHA256_SIZE], got[SHA256_SIZE];
		struct guard g;
		struct bytes all = guard_bytes(&g, (struct bytes){ text, n });
		struct sha256 s;

		sha256_init(&s);
		sha256_add(&s, all);
		sha256_end(&s, want);
		each_split(at, n)
		{
			sha256_init(&s);
			sha256_add(&s, bytes_head(all, at));
			sha256_add(&s, bytes_tail(all, at));
			sha256_end(&s, got);
			assert_memory_equal(got, want, sizeof(want));
		}
		sha256_init(&s);
		for (size_t i = 0; i < n; i++)
			sha256_add(&s, (struct bytes){ all.p + i, 1 });
		sha256_add(&s, (struct bytes){ NULL, 0 });
		sha256_end(&s, got);
		assert_memory_equal(got, want, sizeof(want));
		guard_free(&g);
	}
}

/* The digests of 0..200 zero bytes, one after the other and hashed again, as
 * Python's hashlib has it: every length of padding against another's.
 */
static void every_length(void **state)
{
	static const uint8_t zeros[200];
	uint8_t out[SHA256_SIZE];
	struct sha256 all, s;

	(void)state;
	sha256_init(&all);
	each_split(n, sizeof(zeros))
	{
		sha256_init(&s);
		sha256_add(&s, (struct bytes){ zeros, n });
		sha256_end(&s, out);
		sha256_add(&all, bytes_in(SPAN(out)));
	}
	sha256_end(&all, out);
	assert_digest(out, "b9c4ebee b7d18258 24131cf7 b7d28469 "
			   "cca4f916 6473bf51 bb519365 ae27eccd");
}

static void wiped_at_the_end(void **state)
{
	static const struct sha256 zero;
	uint8_t out[SHA256_SIZE];
	struct sha256 s;

	(void)state;
	sha256_init(&s);
	sha256_add(&s, BYTES("a secret"));
	sha256_end(&s, out);
	assert_memory_equal(&s, &zero, sizeof(s));
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
