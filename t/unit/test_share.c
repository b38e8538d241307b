#include "unit.h"
#include "wire/tls/share.h"

static uint64_t chance = 29;

static void fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)unit_rand(&chance);
}

/* RFC 7748 5.2 and RFC 5903 8.1. */
static const struct {
	uint16_t group;
	const char *key, *peer, *secret;
} known[] = {
	{ 29,
	  "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
	  "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
	  "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552" },
	{ 23,
	  "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433",
	  "04 D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63"
	  "   56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
	  "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE" },
};

static void known_answers(void **state)
{
	uint8_t key[SHARE_KEY], peer[SHARE_PUBLIC], want[SHARE_KEY];
	uint8_t secret[SHARE_KEY];

	(void)state;
	for (size_t i = 0; i < COUNT(known); i++) {
		const struct share *s = share_of(known[i].group, 0);

		assert_non_null(s);
		unit_hex(SPAN(key), known[i].key);
		assert_true(share_agree(s, secret, key,
					unit_hex(SPAN(peer), known[i].peer)));
		assert_bytes_equal(bytes_in(SPAN(secret)),
				   unit_hex(SPAN(want), known[i].secret));
	}
}

static void both_sides_agree(void **state)
{
	uint8_t key[2][SHARE_KEY], public[2][SHARE_PUBLIC];
	uint8_t secret[2][SHARE_KEY];

	(void)state;
	for (size_t i = 0; i < 4 * SHARES; i++) {
		const struct share *s = &shares[i % SHARES];

		for (size_t k = 0; k < 2; k++)
			share_make(s, key[k], public[k], fill);
		for (size_t k = 0; k < 2; k++)
			assert_true(
				share_agree(s, secret[k], key[k],
					    (struct bytes){ public[1 - k],
							    s -> public_n }));
		assert_memory_equal(secret[0], secret[1], SHARE_KEY);
	}
}

/* Any length but the right one; points of small order, off the curve, not
 * below the prime, in other forms than 04 x y.
 */
static void bad_keys_are_refused(void **state)
{
	uint8_t key[SHARE_KEY], public[SHARE_PUBLIC + 1], secret[SHARE_KEY];
	struct bytes b = { public, 0 };

	(void)state;
	for (size_t i = 0; i < SHARES; i++) {
		const struct share *s = &shares[i];
		struct guard g;

		share_make(s, key, public, fill);
		for (b.n = 0; b.n <= sizeof public; b.n++) {
			struct bytes flush = guard_bytes(&g, b);

			assert_int_equal(share_agree(s, secret, key, flush),
					 b.n == s->public_n);
			guard_free(&g);
		}
	}
	b.n = 65; /* of secp256r1, the last in the table */
	for (size_t at = 0; at < b.n; at++) {
		public[at] ^= 1;
		assert_false(share_agree(&shares[1], secret, key, b));
		public[at] ^= 1;
	}
	memset(public + 1, 0xff, 64);
	assert_false(share_agree(&shares[1], secret, key, b));
	memset(public, 0, sizeof public);
	assert_false(share_agree(&shares[1], secret, key, b));
	b.n = 32;
	assert_false(share_agree(&shares[0], secret, key, b));
	public[0] = 1;
	assert_false(share_agree(&shares[0], secret, key, b));
}

static void found_by_number(void **state)
{
	(void)state;
	assert_ptr_equal(share_of(29, 0), &shares[0]);
	assert_ptr_equal(share_of(23, SHARE_ALL), &shares[1]);
	assert_ptr_equal(share_of(23, 2), &shares[1]);
	assert_null(share_of(29, 2));
	assert_null(share_of(24, 0));
	assert_null(share_of(0x11ec, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(both_sides_agree),
		cmocka_unit_test(bad_keys_are_refused),
		cmocka_unit_test(found_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
