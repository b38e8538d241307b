#include "unit.h"
#include "crypt/cert.h"
#include "crypt/pem.h"

/* By `openssl ecparam -name prime256v1 -genkey -noout`, and what `openssl pkcs8`
 * makes of it; its pin by openssl too.
 */
static const char sec1[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEIMfimiuMtA7eB43WQmcJpPeFF9xfPS+OHt+Y0eGan25soAoGCCqGSM49\n"
	"AwEHoUQDQgAEqVbOwUi+Z4LjjKC9ooyXDyKoFqNOwwCCM4TYPcPF6zqMWAnCugo+\n"
	"pQ1C+PGILy740nHRhX8euiAKnIAz+aokLA==\n"
	"-----END EC PRIVATE KEY-----\n";
static const char pkcs8[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgx+KaK4y0Dt4HjdZC\n"
	"Zwmk94UX3F89L44e35jR4ZqfbmyhRANCAASpVs7BSL5nguOMoL2ijJcPIqgWo07D\n"
	"AIIzhNg9w8XrOoxYCcK6Cj6lDUL48YgvLvjScdGFfx66IAqcgDP5qiQs\n"
	"-----END PRIVATE KEY-----\n";
static const char params[] = "-----BEGIN EC PARAMETERS-----\n"
			     "BggqhkjOPQMBBw==\n"
			     "-----END EC PARAMETERS-----\n";
static const char pin[] = "vb19K0dw8W6ZHEt+46Nk/pMHDwppSvRQarkm8FfiuZ4=";

static uint64_t chance = 2048;

static void fill(struct span to)
{
	for (size_t i = 0; i < to.n; i++)
		to.p[i] = (uint8_t)unit_rand(&chance);
}

static const struct key *rsa(void)
{
	static struct key k;

	if (!k.rsa)
		key_make_rsa(&k, 2048, fill);
	return &k;
}

static struct bytes spki_of(struct span room, const struct key *k)
{
	struct der_out o = der_out(room);

	key_put_spki(&o, k);
	return der_written(&o);
}

static void loads(void **state)
{
	char text[1024], said[64];
	struct fmt f = fmt_to(SPAN(said));
	uint8_t room[KEY_SPKI_MOST], der[KEY_DER_MOST];
	struct der_out o = der_out(SPAN(der));
	struct key a, b;

	(void)state;
	assert_int_equal(key_load(&a, BYTES(sec1), fill), 0);
	snprintf(text, sizeof text, "some words\n%s%s", params, pkcs8);
	assert_int_equal(key_load(&b, bytes_of(text), fill), 0);
	assert_false(a.rsa || b.rsa);
	assert_memory_equal(a.scalar, b.scalar, sizeof a.scalar);
	assert_memory_equal(a.point, b.point, sizeof a.point);
	spki_pin(&f, spki_of(SPAN(room), &a));
	assert_true(bytes_are(fmt_done(&f), pin));
	key_put(&o, &a);
	f = fmt_to(SPAN(text));
	pem_put(&f, "PRIVATE KEY", der_written(&o));
	assert_true(bytes_are(fmt_done(&f), pkcs8));
}

/* An RSA key in both forms that it may have. */
static void loads_rsa(void **state)
{
	uint8_t der[KEY_DER_MOST], one[KEY_SPKI_MOST], two[KEY_SPKI_MOST];
	static char text[8192];
	struct der_out o = der_out(SPAN(der));
	struct bytes want = spki_of(SPAN(one), rsa());
	struct cur c, in;
	struct fmt f;
	struct key k;

	(void)state;
	key_put(&o, rsa());
	f = fmt_to(SPAN(text));
	pem_put(&f, "PRIVATE KEY", der_written(&o));
	assert_int_equal(key_load(&k, fmt_done(&f), fill), 0);
	assert_bytes_equal(spki_of(SPAN(two), &k), want);
	c = cur_of(der_written(&o));
	in = der_into(&c, DER_SEQUENCE);
	der_uint(&in);
	der_get(&in, DER_SEQUENCE);
	f = fmt_to(SPAN(text));
	pem_put(&f, "RSA PRIVATE KEY", der_get(&in, DER_OCTETS));
	assert_int_equal(key_load(&k, fmt_done(&f), fill), 0);
	assert_bytes_equal(spki_of(SPAN(two), &k), want);
}

static void refused(void **state)
{
	char text[sizeof pkcs8];
	struct key k;

	(void)state;
	assert_int_equal(key_load(&k, BYTES(params), fill), -NAT_ENOENT);
	assert_int_equal(key_load(&k, (struct bytes){ NULL, 0 }, fill),
			 -NAT_ENOENT);
	/* Cut anywhere, and each character of the DER changed. */
	each_split(n, sizeof pkcs8 - 3) assert_true(
		key_load(&k, bytes_head(BYTES(pkcs8), n), fill) < 0);
	for (size_t i = 28; i < sizeof pkcs8 - 28; i++) {
		struct bytes b = { (const uint8_t *)text, sizeof text - 1 };

		memcpy(text, pkcs8, sizeof text);
		if (text[i] == '\n')
			continue;
		text[i] = text[i] == 'x' ? 'y' : 'x';
		/* In scalar and point any bits are a key, in the rest not. */
		if (i < 28 + 44)
			assert_int_equal(key_load(&k, b, fill), -NAT_EINVAL);
		else
			assert_true(key_load(&k, b, fill) <= 0);
	}
}

static void signs(void **state)
{
	uint8_t room[KEY_SPKI_MOST], sig_room[KEY_SIG_MOST];
	struct key keys[2] = { { .rsa = false }, *rsa() };

	(void)state;
	key_make_p256(&keys[0], fill);
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct bytes sig =
			key_sign(&keys[i], BYTES("text"), SPAN(sig_room), fill);
		struct spki s;

		assert_true(spki_parse(&s, spki_of(SPAN(room), &keys[i])));
		assert_true(
			spki_verify(&s, key_alg(&keys[i]), BYTES("text"), sig));
		assert_false(spki_verify(&s, key_alg(&keys[i]), BYTES("texts"),
					 sig));
		assert_false(spki_verify(&s, key_alg(&keys[1 - i]),
					 BYTES("text"), sig));
		assert_int_equal(key_sign(&keys[i], BYTES("text"),
					  (struct span){ sig_room, 40 }, fill)
					 .n,
				 0);
	}
}

static const struct cert_name names[] = {
	{ false, { (const uint8_t *)"relay.example.net", 17 } },
	{ true, { (const uint8_t *)"\xc0\0\2\7", 4 } },
};

/* Times of the certificate as it stands in DER: from and until. */
static void times(struct bytes der, struct bytes t[2])
{
	struct cur c = cur_of(der), cert = der_into(&c, DER_SEQUENCE);
	struct cur in = der_into(&cert, DER_SEQUENCE), validity;

	der_get(&in, DER_EXPLICIT);
	der_uint(&in);
	der_get(&in, DER_SEQUENCE);
	der_get(&in, DER_SEQUENCE);
	validity = der_into(&in, DER_SEQUENCE);
	for (int i = 0; i < 2; i++)
		t[i] = der_get(&validity,
			       (uint8_t)(cur_peek(&validity) == DER_TIME
						 ? DER_TIME
						 : DER_UTC_TIME));
	assert_true(der_done(&validity) && !in.bad && !c.bad);
}

static void dates(void **state)
{
	static const struct {
		int64_t from, until;
		const char *texts[2];
	} rows[] = {
		{ 0, 86399, { "700101000000Z", "700101235959Z" } },
		{ 951782400, 951868800, { "000229000000Z", "000301000000Z" } },
		{ 2524607999,
		  2524608000,
		  { "491231235959Z", "20500101000000Z" } },
		{ 4107542400,
		  253402300799,
		  { "21000301000000Z", "99991231235959Z" } },
	};
	uint8_t room[CERT_MOST];
	struct key k;

	(void)state;
	assert_int_equal(key_load(&k, BYTES(sec1), fill), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cert_wish wish = { BYTES("nat"),  names,
					  COUNT(names),  rows[i].from,
					  rows[i].until, false };
		struct bytes t[2];

		times(cert_make(SPAN(room), &k, &wish, fill), t);
		assert_true(bytes_are(t[0], rows[i].texts[0]));
		assert_true(bytes_are(t[1], rows[i].texts[1]));
	}
}

/* Whole in just its room, nothing in less. */
static void cert_room(void **state)
{
	uint8_t room[CERT_MOST];
	struct cert_wish wish = {
		BYTES("nat"), names, COUNT(names), 0, 1, false
	};
	struct key k = *rsa();
	size_t n = cert_make(SPAN(room), &k, &wish, fill).n;

	(void)state;
	assert_true(n > 700);
	assert_int_equal(cert_make((struct span){ room, n }, &k, &wish, fill).n,
			 n);
	assert_int_equal(
		cert_make((struct span){ room, n - 1 }, &k, &wish, fill).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loads),   cmocka_unit_test(loads_rsa),
		cmocka_unit_test(refused), cmocka_unit_test(signs),
		cmocka_unit_test(dates),   cmocka_unit_test(cert_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
