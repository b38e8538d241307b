#include "unit.h"
#include "wire/tls/keys12.h"
#include "wire/tls/proto.h"

/* Made by Python's hmac: randoms 00... and 80..., premaster 11..., a transcript
 * of "so far", the exporter "EXPORTER-nat-login".
 */
static const struct row {
	uint16_t suite;
	const char *plain, *extended;
	const char *client_key, *server_key, *client_iv, *server_iv;
	const char *client_finished, *server_finished;
	const char *none, *empty, *abc; /* 32 bytes, by context */
} rows[] = {
	{
		0xc02b,
		.plain = "0a082affe77e222039f5cd70ef714efcaa5a7c439b0cd4855356c"
			 "892beae953d"
			 "13f7f0a35f125ca2ad8fd0a118ee4ab5",
		.extended = "524f78a070da9922d9ad11d2954bbeb76621bcca1eaf26a3ec"
			    "fc8ba732703192"
			    "65e5b63c4c52d526144e5b3fa441e7db",
		.client_key = "1cbb4571338e4641c03c9f8a4b0c7fce",
		.server_key = "da589eeb4d4f80706c683ebb4e324246",
		.client_iv = "59d85bdf",
		.server_iv = "30c51058",
		.client_finished = "17bb3b3037427323d0731213",
		.server_finished = "b8ccddff5fcdf6e665051155",
		.none = "c9b79231ab6d42ae990c50f6e86b2b72615fd119da292b327366e6"
			"c0743db540",
		.empty = "36f48a58afd403fa6e1183203e8a0550bd094d6bbcf037f3d80e3"
			 "a22cfbb544e",
		.abc = "b7d02628a339eb621649e474149be3238f6cf8ac117a3e2bca2bfb7"
		       "9ca754e1c",
	},
	{
		0xc030,
		.plain = "844b5b6c6538260900469b36435a9abd7b70a637d5a46b47b084e"
			 "df0df882d18"
			 "8e780c528f20252bafe687c00a00df37",
		.extended = "be1a6fa317adbed3f36e3b682d78f73ec620c1aebbc80581f8"
			    "b1085e994bc103"
			    "68426c5508e94a84a76ba4ddc6d6ad63",
		.client_key = "1e82970f9bf3b48e1517e68846bca265dd0b1bbfa29871bf"
			      "d6469f5bc4785cd1",
		.server_key = "036668217df5d4ba37950922549841d5c6a5f93ed1901710"
			      "506d1e9631dd9aee",
		.client_iv = "c911c057",
		.server_iv = "c931c920",
		.client_finished = "5dd487d9fb3a6c97e8e4073d",
		.server_finished = "1d1c90614aea8679a884f859",
		.none = "7b65f7e3c4db2858834a6d6d18c426c2dcae839ed68ee2e346d47a"
			"e12f71cee2",
		.empty = "36f8c56c4f7773c83bdd68001f8c4b2e65f12db7057c71b5d7f3a"
			 "bab1575a16c",
		.abc = "e00de9e01663086e96e3f1ee85ac8bc09623dfa802b77d91511e1d4"
		       "eba7c9e0b",
	},
	{
		0xcca8,
		.plain = "0a082affe77e222039f5cd70ef714efcaa5a7c439b0cd4855356c"
			 "892beae953d"
			 "13f7f0a35f125ca2ad8fd0a118ee4ab5",
		.extended = "524f78a070da9922d9ad11d2954bbeb76621bcca1eaf26a3ec"
			    "fc8ba732703192"
			    "65e5b63c4c52d526144e5b3fa441e7db",
		.client_key = "1cbb4571338e4641c03c9f8a4b0c7fceda589eeb4d4f8070"
			      "6c683ebb4e324246",
		.server_key = "59d85bdf30c51058c86fdecb7102233fd8d6c58fdcab4b28"
			      "18811b898237126a",
		.client_iv = "c65845af93a327f17b718fb0",
		.server_iv = "b90900ad0e1b8f624565a756",
		.client_finished = "17bb3b3037427323d0731213",
		.server_finished = "b8ccddff5fcdf6e665051155",
		.none = "c9b79231ab6d42ae990c50f6e86b2b72615fd119da292b327366e6"
			"c0743db540",
		.empty = "36f48a58afd403fa6e1183203e8a0550bd094d6bbcf037f3d80e3"
			 "a22cfbb544e",
		.abc = "b7d02628a339eb621649e474149be3238f6cf8ac117a3e2bca2bfb7"
		       "9ca754e1c",
	},
};

static struct keys12 keys;
static uint8_t digest[HASH_MOST];
static struct bytes digest_now;

static const struct tls_suite *begin(const struct row *r)
{
	const struct tls_suite *s = suite_find(r->suite, TLS_VERSION_12, 0);
	struct hash h;

	assert_non_null(s);
	keys = (struct keys12){ .alg = s->hash };
	for (size_t i = 0; i < KEYS12_RANDOM; i++) {
		keys.client[i] = (uint8_t)i;
		keys.server[i] = (uint8_t)(0x80 + i);
	}
	hash_init(&h, s->hash);
	hash_add(&h, BYTES("so far"));
	hash_end(&h, digest);
	digest_now = (struct bytes){ digest, s->hash->size };
	return s;
}

static void are(const uint8_t *got, const char *hex)
{
	uint8_t room[64];
	struct bytes want = unit_hex(SPAN(room), hex);

	assert_memory_equal(got, want.p, want.n);
}

static void known_answers(void **state)
{
	uint8_t premaster[32], said[KEYS12_FINISHED];

	(void)state;
	memset(premaster, 0x11, sizeof premaster);
	for (const struct row *r = rows; r < rows + COUNT(rows); r++) {
		const struct tls_suite *s = begin(r);
		struct tls_way client, server;

		keys12_plain(&keys, bytes_in(SPAN(premaster)));
		are(keys.master, r->plain);
		keys12_extended(&keys, bytes_in(SPAN(premaster)), digest_now);
		are(keys.master, r->extended);
		keys12_ways(&keys, s, &client, &server);
		are(client.key, r->client_key);
		are(server.key, r->server_key);
		are(client.iv, r->client_iv);
		are(server.iv, r->server_iv);
		assert_false(client.on || server.on || client.seq ||
			     server.seq);
		keys12_finished(&keys, TLS_CLIENT, digest_now, said);
		are(said, r->client_finished);
		keys12_finished(&keys, TLS_SERVER, digest_now, said);
		are(said, r->server_finished);
	}
}

/* No context is not an empty one. */
static void exporting(void **state)
{
	static const char label[] = "EXPORTER-nat-login";
	uint8_t premaster[32], out[32], long_one[TLS_EXPORT_MOST + 1] = { 0 };
	struct bytes context = { NULL, 0 };

	(void)state;
	memset(premaster, 0x11, sizeof premaster);
	for (const struct row *r = rows; r < rows + COUNT(rows); r++) {
		begin(r);
		keys12_extended(&keys, bytes_in(SPAN(premaster)), digest_now);
		assert_true(keys12_export(&keys, label, context, SPAN(out)));
		are(out, r->none);
		assert_true(keys12_export(&keys, label, BYTES(""), SPAN(out)));
		are(out, r->empty);
		assert_true(
			keys12_export(&keys, label, BYTES("abc"), SPAN(out)));
		are(out, r->abc);
		assert_false(keys12_export(
			&keys, label, bytes_in(SPAN(long_one)), SPAN(out)));
		are(out, r->abc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers),
		cmocka_unit_test(exporting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
