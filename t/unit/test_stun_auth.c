/* stun_auth: RFC 5769, RFC 8489 B.1 with erratum 6268, a client with a server that
 * asks it who it is, every bit counts.
 */
#include "unit.h"
#include "wire/stun_auth.h"

#define ID "b7e7a701bc34d686fa87dfae"
#define HEAD(type, n) type n "2112a442" ID
#define LONG(n) "0001" n "2112a442 78ad3433c6ad72c029da412e"
#define MATRIX "e3839ee38388e383aae38383e382afe382b9"
#define REALM "0014000b 6578616d706c652e6f726700"

/* RFC 5769 2.1 to 2.3, password VOkJxbRl1RmTxUk/WvJxBt */
#define REQUEST \
	HEAD("0001", "0058") \
	"80220010 5354554e207465737420636c69656e74 00240004 6e0001ff" \
	"80290008 932ff9b151263b36 00060009 6576746a3a68367659202020" \
	"00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" \
	"80280004 e57a3bcf"
#define ANSWER4 \
	HEAD("0101", "003c") \
	"8022000b 7465737420766563746f7220 00200008 0001a147e112a643" \
	"00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7" \
	"80280004 c07d4c96"
#define ANSWER6 \
	HEAD("0101", "0048") \
	"8022000b 7465737420766563746f7220" \
	"00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9" \
	"00080014 a382954e4be67bf11784c97c8292c275bfe3ed41" \
	"80280004 c8fb0b4c"
/* 2.4 */
#define LONG_SHA1 \
	LONG("0060") \
	"00060012" MATRIX "0000" \
	"0015001c " \
	"662f2f3439396b39353464364f4c33346f4c39465354767936347341" REALM \
	"00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666"
/* RFC 8489 B.1 */
#define LONG_SHA256 \
	LONG("0090") \
	"001e0020 4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41" \
	"407f1704" \
	"00150029 6f624d61744a6f733241414143662f2f3439396b39353464364f4c33" \
	"346f4c39465354767936347341000000" REALM "001d0004 00020000" \
	"001c0020 b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278c" \
	"c6518e65"

#define LENT(lit) \
	{ \
		(const uint8_t *)(lit), sizeof(lit) - 1 \
	}

static const struct stun_user matrix = {
	LENT("\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83"
	     "\xe3\x82\xaf\xe3\x82\xb9"),
	LENT("TheMatrIX")
};

static struct bytes parse(struct stun *m, struct span room, const char *hex)
{
	struct bytes b = unit_hex(room, hex);

	assert_int_equal(stun_parse(m, b), 0);
	return b;
}

static void short_term(void **state)
{
	static const char *const all[] = { REQUEST, ANSWER4, ANSWER6 };
	struct bytes key = BYTES("VOkJxbRl1RmTxUk/WvJxBt");

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		uint8_t room[256];
		struct stun m;
		struct bytes b = parse(&m, SPAN(room), all[i]);

		assert_true(m.fingerprint);
		assert_true(stun_is_signed(&m, b, key, false));
		assert_false(stun_is_signed(&m, b, key, true));
		key.n--;
		assert_false(stun_is_signed(&m, b, key, false));
		key.n++;
		assert_true(i > 0 || bytes_are(m.username, "evtj:h6vY"));
	}
}

/* What was parsed is printed as it was, byte for byte. */
static void assert_printed(const struct stun *m, struct bytes key, bool strong,
			   struct bytes as)
{
	uint8_t room[256];
	struct fmt f = fmt_to(SPAN(room));

	stun_print_signed(&f, m, key, strong);
	assert_bytes_equal(fmt_done(&f), as);
}

static void long_term(void **state)
{
	static const struct {
		const char *hex;
		enum stun_algorithm algorithm;
		bool strong;
	} rows[] = { { LONG_SHA1, STUN_MD5, false },
		     { LONG_SHA256, STUN_SHA256, true } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t room[256], key[STUN_KEY];
		struct stun m;
		struct bytes b = parse(&m, SPAN(room), rows[i].hex),
			     k = { key, 0 };

		assert_bytes_equal(m.realm, BYTES("example.org"));
		k.n = stun_key(key, rows[i].algorithm, &matrix, m.realm);
		assert_true(stun_is_signed(&m, b, k, rows[i].strong));
		assert_printed(&m, k, rows[i].strong, b);
		for (size_t bit = 0; bit < 8 * b.n; bit++) {
			room[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_false(stun_parse(&m, b) == 0 &&
				     stun_is_signed(&m, b, k, rows[i].strong));
			room[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}

/* The nonce of RFC 8489's vector promises nothing: SHA-1 it is. */
static void asked(void **state)
{
	struct stun_challenge c = { .rounds = 0 };
	struct stun want = { .error = STUN_UNAUTHENTICATED,
			     .realm = BYTES("example.org"),
			     .nonce = BYTES("obMatJos2AAACf//499k954d6OL34oL9"
					    "FSTvy64sA") };
	struct stun m = { .type = STUN_BINDING }, got;
	uint8_t said[STUN_MOST];
	struct fmt f = fmt_to(SPAN(said));

	(void)state;
	stun_print_as(&f, &m, &matrix, &c);
	assert_int_equal(f.n, STUN_HEAD); /* nobody has asked */
	assert_int_equal(stun_challenged(&c, &want), 0);
	f.n = 0;
	stun_print_as(&f, &m, &matrix, &c);
	assert_int_equal(stun_parse(&got, fmt_done(&f)), 0);
	assert_bytes_equal(got.username, matrix.name);
	assert_true(got.sha1.n && !got.sha256.n);
	assert_true(stun_is_theirs(&got, fmt_done(&f), &matrix, &c));
	/* the same question again is a refusal */
	assert_int_equal(stun_challenged(&c, &want), -NAT_EAUTH);
	want.error = STUN_STALE_NONCE;
	assert_int_equal(stun_challenged(&c, &want), 0);
}

static const uint8_t both[] = {
	0, 9, 0, 1, 7, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0
};

/* "wAAA": both features of a nonce; SHA-256 stands before MD5 among its algorithms. */
static void strong(void **state)
{
	struct stun_challenge c = { .rounds = 0 };
	struct stun want = { .error = STUN_UNAUTHENTICATED,
			     .realm = BYTES("r"),
			     .nonce = BYTES("obMatJos2wAAAx"),
			     .algorithms = { both, sizeof both } };
	struct stun m = { .type = STUN_BINDING, .fingerprint = true }, got;
	uint8_t said[STUN_MOST];
	struct fmt f = fmt_to(SPAN(said));
	struct stun_user other = { matrix.name, LENT("else") };

	(void)state;
	assert_int_equal(stun_challenged(&c, &want), 0);
	stun_print_as(&f, &m, &matrix, &c);
	assert_int_equal(stun_parse(&got, fmt_done(&f)), 0);
	assert_true(got.fingerprint && got.username.n == 0);
	assert_int_equal(got.userhash.n, 32);
	assert_int_equal(got.userhash.p[0],
			 0x98); /* as Python's hashlib has it */
	assert_bytes_equal(got.algorithms, want.algorithms);
	assert_bytes_equal(got.algorithm, BYTES("\0\2\0\0"));
	assert_true(!got.sha1.n && got.sha256.n == 32);
	assert_true(stun_is_theirs(&got, fmt_done(&f), &matrix, &c));
	assert_false(stun_is_theirs(&got, fmt_done(&f), &other, &c));
	/* room for all but some of it */
	for (size_t n = 0; n < f.n; n++) {
		struct guard g;
		struct fmt less = fmt_to(guard_span(&g, n));

		stun_print_as(&less, &m, &matrix, &c);
		assert_true(less.full && less.n <= n);
		guard_free(&g);
	}
}

static void no_answer(void **state)
{
	static const uint8_t md6[] = { 0, 9, 0, 0 }, cut[] = { 0, 2, 0, 9 };
	static const uint8_t params[] = { 0, 2, 0, 4, 1, 2, 3, 4 };
	static uint8_t long_one[STUN_NAME + 1];
	const struct bytes realm = BYTES("r"), nonce = BYTES("n");
	const struct stun rows[] = {
		{ .error = 400, .realm = realm, .nonce = nonce },
		{ .error = 401, .nonce = nonce },
		{ .error = 401, .realm = realm },
		{ .error = 401, .realm = realm, .nonce = { long_one, 129 } },
		{ .error = 401, .realm = { long_one, 129 }, .nonce = nonce },
		{ .error = 401,
		  .realm = realm,
		  .nonce = nonce,
		  .algorithms = { md6, 4 } },
		{ .error = 401,
		  .realm = realm,
		  .nonce = nonce,
		  .algorithms = { cut, 4 } },
		{ .error = 401,
		  .realm = realm,
		  .nonce = nonce,
		  .algorithms = { params, 8 } },
		/* somebody has taken the algorithms out */
		{ .error = 401,
		  .realm = realm,
		  .nonce = LENT("obMatJos2gAAAx") },
	};
	const struct stun odd = { .error = 401,
				  .realm = realm,
				  .nonce = LENT("obMatJos2!AAAx") };
	struct stun_challenge c = { .rounds = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(stun_challenged(&c, &rows[i]), -NAT_EPROTO);
	assert_int_equal(stun_challenged(&c, &odd), 0); /* tells nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_term), cmocka_unit_test(long_term),
		cmocka_unit_test(asked),      cmocka_unit_test(strong),
		cmocka_unit_test(no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
