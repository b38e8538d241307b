#include "unit.h"
#include "wire/tls/transcript.h"

static const struct hash_alg *const algs[] = { &hash_sha256, &hash_sha384 };

static void digest_of(const struct hash_alg *alg, struct bytes b, uint8_t *out)
{
	struct hash h;

	hash_init(&h, alg);
	hash_add(&h, b);
	hash_end(&h, out);
}

/* Whichever hash it turns out to be, all that was said is in it. */
static void both_until_known(void **state)
{
	uint8_t want[SHA384_SIZE], got[SHA384_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		struct transcript t;

		transcript_start(&t);
		transcript_add(&t, BYTES("hello"));
		transcript_keep(&t, algs[i]);
		transcript_keep(&t, algs[i]);
		transcript_add(&t, BYTES(", you"));
		digest_of(algs[i], BYTES("hello, you too"), want);
		transcript_digest(&t, algs[i], BYTES(" too"), got);
		assert_memory_equal(got, want, algs[i]->size);
		digest_of(algs[i], BYTES("hello, you"), want);
		transcript_digest(&t, algs[i], BYTES(""), got);
		assert_memory_equal(got, want, algs[i]->size);
	}
}

/* RFC 8446 4.4.1: fe, a length of three bytes, the digest. */
static void retry(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(algs); i++) {
		uint8_t said[4 + SHA384_SIZE] = { 254, 0, 0, algs[i]->size };
		uint8_t want[SHA384_SIZE], got[SHA384_SIZE];
		struct transcript t;

		digest_of(algs[i], BYTES("hello"), said + 4);
		digest_of(algs[i],
			  (struct bytes){ said, 4 + (size_t)algs[i]->size },
			  want);
		transcript_start(&t);
		transcript_add(&t, BYTES("hello"));
		transcript_keep(&t, algs[i]);
		transcript_retry(&t);
		transcript_digest(&t, algs[i], BYTES(""), got);
		assert_memory_equal(got, want, algs[i]->size);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_until_known),
		cmocka_unit_test(retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
