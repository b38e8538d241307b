#include "unit.h"
#include "wire/tls/keys13.h"
#include "wire/tls/proto.h"

/* RFC 8448 3, and what Python's hmac makes of it where the text stops. */
#define SHARED \
	"8bd4054fb55b9d63fdfbacf9f04b9f0d35e6d63f537563efd46272900f89492d"
#define SERVER_HS \
	"b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"
#define DIGEST \
	"9608102a0f1ccc6db6250b7b7e417b1a000eaada3daae4777a7686c9ff83df13"
#define FINISHED \
	"c5486af1426697c43c18dab6a79ef816a2188023ea743133b7e3b15a2c05c955"
#define CLIENT_AP \
	"9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
#define EXPORTER \
	"fe22f881176eda18eb8f44529e6792c50c9a3f89452f68d8ae311b4309d3cf50"

static void is_hex(const uint8_t *got, const char *want)
{
	uint8_t room[64];
	struct bytes b = unit_hex(SPAN(room), want);

	assert_memory_equal(got, b.p, b.n);
}

static void schedule(void **state)
{
	static const struct {
		const char *label, *want;
	} rows[] = {
		{ "c ap traffic", CLIENT_AP },
		{ "s ap traffic", "a11af9f05531f856ad47116b45a950328204b4f44bfb"
				  "6b3a4b4f1f3fcb631643" },
		{ "exp master", EXPORTER },
	};
	uint8_t shared[32], digest[32], out[32];
	struct keys13 k;

	(void)state;
	unit_hex(SPAN(digest), DIGEST);
	keys13_start(&k, &hash_sha256, (struct bytes){ NULL, 0 });
	is_hex(k.secret, "33ad0a1c607ec03b09e6cd9893680ce2"
			 "10adf300aa1f2660e1b22e10f170f92a");
	keys13_mix(&k, unit_hex(SPAN(shared), SHARED));
	is_hex(k.secret, "1dc826e93606aa6fdc0aadc12f741b01"
			 "046aa6b99f691ed221a9f0ca043fbeac");
	keys13_mix(&k, (struct bytes){ NULL, 0 });
	is_hex(k.secret, "18df06843d13a08bf2a449844c5f8a47"
			 "8001bc4d4c627984d5a41da8d0402919");
	for (size_t i = 0; i < COUNT(rows); i++) {
		keys13_derive(&k, rows[i].label, digest, out);
		is_hex(out, rows[i].want);
	}
}

/* A ticket's PSK, from the resumption secret and its nonce. */
static void resumption(void **state)
{
	uint8_t secret[32], psk[32];

	(void)state;
	unit_hex(SPAN(secret), "7df235f2031d2a051287d02b0241b0bf"
			       "daf86cc856231f2d5aba46c434ec196c");
	keys13_expand(&hash_sha256, secret, "resumption", BYTES("\0\0"),
		      SPAN(psk));
	is_hex(psk, "4ecd0eb6ec3b4d87f5d6028f922ca4c5"
		    "851a277fd41311c9e62d2c9492e1c4f3");
}

static void ways(void **state)
{
	const struct tls_suite *s = suite_find(0x1301, TLS_VERSION_13, 0);
	struct tls_way way = { .seq = 7 };
	uint8_t secret[32];

	(void)state;
	unit_hex(SPAN(secret), CLIENT_AP);
	keys13_way(s, secret, &way);
	is_hex(way.key, "17422dda596ed5d9acd890e3c63f5051");
	is_hex(way.iv, "5b78923dee08579033e523d9");
	assert_true(way.on);
	assert_int_equal(way.seq, 0);
	keys13_update(&hash_sha256, secret);
	is_hex(secret, "fcdfcc72725aaee48bf64e4fd8b749cd"
		       "bdbab39d90da0b26e2245ca6ea167207");
}

static void proofs(void **state)
{
	uint8_t secret[32], digest[32], out[32];

	(void)state;
	unit_hex(SPAN(digest), DIGEST);
	unit_hex(SPAN(secret), SERVER_HS);
	keys13_finished(&hash_sha256, secret, digest, out);
	is_hex(out, FINISHED);
	unit_hex(SPAN(secret), EXPORTER);
	keys13_export(&hash_sha256, secret, "EXPORTER-nat-login",
		      (struct bytes){ NULL, 0 }, SPAN(out));
	is_hex(out, "52d822660134199ec01d1e57736dfb66"
		    "f380fd381936524c9dd84dd5434fbf96");
	keys13_export(&hash_sha256, secret, "x", BYTES("abc"),
		      (struct span){ out, 16 });
	is_hex(out, "ce4f9d34693f7ce8a507825c20906b30");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(schedule),
		cmocka_unit_test(resumption),
		cmocka_unit_test(ways),
		cmocka_unit_test(proofs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
