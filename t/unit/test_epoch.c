#include "unit.h"
#include "wire/dtls/epoch.h"
#include "wire/tls/proto.h"

static const uint8_t key[32] = { 1, 2, 3 }, iv[AEAD_NONCE] = { 9, 8, 7, 6, 5 };

static void two_ends(struct epoch *out, struct epoch *in, size_t suite)
{
	memset(out, 0, sizeof *out);
	if (suite < TLS_SUITES)
		epoch_start(out, &tls_suites[suite], key, iv);
	*in = *out;
}

/* What is sealed opens, wherever it stands; a bit that differs, and it does not.
 */
static void test_sealed(void **state)
{
	(void)state;
	for (size_t i = 3; i <= TLS_SUITES; i++) {
		struct epoch out, in;
		struct guard g;
		struct span room, text, all;
		struct epoch_record r;
		size_t n;

		two_ends(&out, &in, i);
		room = guard_span(&g, 5 + epoch_around(&out));
		memcpy(room.p + epoch_front(&out), "hello", 5);
		n = epoch_seal(&out, room.p, 5, TLS_DATA);
		assert_int_equal(n, room.n);
		for (size_t bit = 0; bit < 8 * n && i < TLS_SUITES; bit++) {
			room.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			all = room;
			assert_false(epoch_next(&r, &all) &&
				     epoch_open(&in, &r, &text));
			room.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		all = room;
		assert_true(epoch_next(&r, &all));
		assert_null(all.p);
		assert_int_equal(r.type, TLS_DATA);
		assert_int_equal(r.epoch, i < TLS_SUITES);
		assert_true(epoch_open(&in, &r, &text));
		assert_bytes_equal(bytes_in(text), BYTES("hello"));
		guard_free(&g);
	}
}

/* Made by Python's cryptography: AES-128-GCM, key 01 02 03 0..., salt 09 08 07 06,
 * epoch 1 number 0; ChaCha20-Poly1305 with number 1.
 */
static void test_vectors(void **state)
{
	static const struct {
		uint16_t suite;
		uint64_t skip;
		const char *hex;
	} rows[] = {
		{ 0xc02b, 0,
		  "17fefd0001000000000000001d00010000000000001cbfbfe101c5a590b4"
		  "72301c46c289a9929024ce08" },
		{ 0xc030, 5,
		  "17fefd0001000000000005001d00010000000000057d496a77912afbc0fe"
		  "fa9ab1299e117e734088308d" },
		{ 0xcca9, 1,
		  "17fefd00010000000000010015084ae91b72d594a4cefda029b8da9b5f3c"
		  "8302dff3" },
	};
	uint8_t room[128], hex[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct epoch e = { .seq = 0 };
		size_t n;

		epoch_start(&e, suite_find(rows[i].suite, TLS_VERSION_12, 0),
			    key, iv);
		e.seq += rows[i].skip;
		memcpy(room + epoch_front(&e), "hello", 5);
		n = epoch_seal(&e, room, 5, TLS_DATA);
		assert_bytes_equal(((struct bytes){ room, n }),
				   unit_hex(SPAN(hex), rows[i].hex));
	}
}

/* Records behind one another; what is no record ends the datagram. */
static void test_next(void **state)
{
	static const char two[] = "16feff0000000000000007000261 62"
				  "17fefd00010000000000080000";
	uint8_t hex[64];
	struct bytes all = unit_hex(SPAN(hex), two);
	struct epoch_record r;

	(void)state;
	each_split(n, all.n)
	{
		struct guard g;
		struct bytes b = guard_bytes(&g, bytes_head(all, n));
		struct span in = { g.mem + (b.p - g.mem), n };
		int count = 0;

		while (in.n > 0 && epoch_next(&r, &in))
			count++;
		assert_int_equal(count, (n >= 15) + (n == all.n));
		assert_int_equal(in.n, 0);
		guard_free(&g);
	}
	assert_int_equal(r.epoch, 1);
	assert_int_equal(r.seq, (UINT64_C(1) << 48) + 8);
}

static void test_strange(void **state)
{
	static const char *const rows[] = {
		"13fefd0000000000000000000161",
		"18fefd0000000000000000000161",
		"1603030000000000000000000161",
		"16fefd0000000000000000000261",
	};
	struct epoch_record r;
	uint8_t hex[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes b = unit_hex(SPAN(hex), rows[i]);
		struct span in = { hex, b.n };

		assert_false(epoch_next(&r, &in));
	}
}

static bool take(struct epoch_window *w, uint64_t seq)
{
	bool fresh = epoch_fresh(w, seq);

	if (fresh)
		epoch_note(w, seq);
	return fresh;
}

/* Each once, in any order within 64; beside what keeps every one of them. */
static void test_window(void **state)
{
	struct epoch_window w = { 0, 0 };
	static bool seen[5000];
	uint64_t seed = 5, base = UINT64_C(1) << 48, top = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t at = top + unit_rand(&seed) % 140;

		at = at < 100 ? 0 : at - 100;
		if (at >= COUNT(seen))
			break;
		assert_int_equal(take(&w, base + at),
				 (at > top || top - at < 64) && !seen[at]);
		seen[at] |= at + 64 > top;
		top = at > top ? at : top;
	}
	assert_true(top > 1000);
	assert_false(take(&w, base + top));
	assert_true(take(&w, base + top + 1000000));
	assert_false(take(&w, base + top));
	assert_true(take(&w, UINT64_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sealed), cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_next),   cmocka_unit_test(test_strange),
		cmocka_unit_test(test_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
