#include "unit.h"
#include "certs.h"
#include "wire/tls/auth.h"

enum { V12 = 0x0303, V13 = 0x0304 };

/* Signed by ca: leaf and rsa for a.example, other for c.example, user for a
 * client. lone by itself.
 */
static struct key ca_key, ec_key, rsa_key;
static struct made ca, leaf, rsa, other, user, lone, late;

static const struct wish wishes[] = {
	{ "ca", "ca", DAYS, IS_CA CERT_SIGN, &ca_key, &ca_key },
	{ "leaf", "ca", DAYS, DIGITAL NAMES, &ec_key, &ca_key },
	{ "rsa", "ca", DAYS, DIGITAL NAMES, &rsa_key, &ca_key },
	{ "other", "ca", DAYS, DIGITAL OTHER_NAME, &ec_key, &ca_key },
	{ "user", "ca", DAYS, DIGITAL FOR_CLIENT, &ec_key, &ca_key },
	{ "lone", "lone", DAYS, DIGITAL NAMES, &ec_key, &ec_key },
	{ "late", "ca", "200101000000Z", "210101000000Z", DIGITAL NAMES,
	  &ec_key, &ca_key },
};
static struct made *const places[] = { &ca,   &leaf, &rsa, &other,
				       &user, &lone, &late };

static int setup(void **state)
{
	(void)state;
	key_make_p256(&ca_key, certs_fill);
	key_make_p256(&ec_key, certs_fill);
	certs_rsa(&rsa_key);
	for (size_t i = 0; i < COUNT(wishes); i++)
		assert_int_equal(certs_make(places[i], &wishes[i]), 0);
	return 0;
}

/* ---- schemes ---- */

static const struct auth_scheme *scheme(uint16_t number)
{
	return auth_scheme_of(number, V12);
}

static void sets(void **state)
{
	uint8_t all[2 * AUTH_SCHEMES];

	(void)state;
	for (size_t i = 0; i < AUTH_SCHEMES; i++) {
		all[2 * i] = (uint8_t)(auth_schemes[i].number >> 8);
		all[2 * i + 1] = (uint8_t)auth_schemes[i].number;
		assert_int_equal(auth_set((struct bytes){ all + 2 * i, 2 }),
				 1 << i);
		assert_int_equal(!!(AUTH_RSA >> i & 1), !auth_schemes[i].curve);
		assert_int_equal(!!(AUTH_SHA512 >> i & 1),
				 auth_schemes[i].hash == &hash_sha512);
	}
	assert_int_equal(auth_set(bytes_in(SPAN(all))), AUTH_ALL);
	assert_int_equal(auth_set(BYTES("\x02\x03\x08\x07\x04\x03\x02\x01")),
			 1);
	assert_int_equal(auth_set((struct bytes){ NULL, 0 }), 0);
}

static void by_version_and_key(void **state)
{
	(void)state;
	assert_ptr_equal(auth_scheme_of(0x0804, V13), &auth_schemes[2]);
	assert_ptr_equal(auth_scheme_of(0x0401, V12), &auth_schemes[5]);
	assert_null(auth_scheme_of(0x0401, V13));
	assert_null(auth_scheme_of(0x0201, V12));
	assert_ptr_equal(auth_scheme_for(&ec_key, AUTH_ALL, V13),
			 &auth_schemes[0]);
	assert_ptr_equal(auth_scheme_for(&rsa_key, AUTH_ALL, V12),
			 &auth_schemes[2]);
	assert_ptr_equal(auth_scheme_for(&rsa_key, 0xe0, V12),
			 &auth_schemes[5]);
	assert_null(auth_scheme_for(&rsa_key, 0xe0, V13));
	assert_null(auth_scheme_for(&rsa_key, AUTH_ECDSA, V12));
	/* We verify by P-384, and do not sign. */
	assert_null(auth_scheme_for(&ec_key, 2 | AUTH_RSA, V12));
}

/* The first that has the name; one that can be verified; any. */
static void choosing(void **state)
{
	struct tls_identity ids[] = { { &ec_key, &leaf.cert, 1 },
				      { &rsa_key, &rsa.cert, 1 },
				      { &ec_key, &other.cert, 1 } };
	struct tls_conf conf = { .ids = ids, .ids_n = 3 };
	static const struct {
		const char *name;
		uint32_t set;
		uint16_t version;
		int want;
	} rows[] = {
		{ "", AUTH_ALL, V13, 0 },
		{ "a.example", AUTH_ALL, V13, 0 },
		{ "x.b.example", AUTH_ALL, V13, 0 },
		{ "C.EXAMPLE", AUTH_ALL, V13, 2 },
		{ "d.example", AUTH_ALL, V13, 0 },
		{ "a.example", AUTH_RSA, V13, 1 },
		{ "c.example", AUTH_RSA, V13, 1 },
		{ "", AUTH_RSA, V13, 1 },
		{ "a.example", 0x20, V12, 1 },
		{ "a.example", 0x20, V13, -1 },
		{ "a.example", 2, V13, -1 },
		{ "a.example", 0, V12, -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(auth_choose(&conf, bytes_of(rows[i].name),
					     rows[i].set, rows[i].version),
				 rows[i].want);
	conf.ids_n = 0;
	assert_int_equal(auth_choose(&conf, BYTES(""), AUTH_ALL, V13), -1);
}

/* ---- judging ---- */

/* One or two certificates as a certificate_list. */
struct list {
	uint8_t room[2 * CERTS_ROOM];
	size_t n;
};

static void add(struct list *l, struct bytes der, bool extended)
{
	uint8_t *p = l->room + l->n;

	p[0] = 0;
	p[1] = (uint8_t)(der.n >> 8);
	p[2] = (uint8_t)der.n;
	memcpy(p + 3, der.p, der.n);
	l->n += 3 + der.n;
	if (extended) {
		l->room[l->n++] = 0;
		l->room[l->n++] = 0;
	}
}

static struct bytes list_of(struct list *l, const struct made *m)
{
	l->n = 0;
	add(l, m->der, true);
	return (struct bytes){ l->room, l->n };
}

static struct auth_peer peer;

static int alert_of(const struct tls_conf *conf, const char *name,
		    struct made *m)
{
	static struct list l;
	struct auth_ask ask = { conf, bytes_of(name), NOW * INT64_C(1000),
				true };
	struct auth_no bad = auth_judge(&peer, &ask, list_of(&l, m));

	assert_int_equal(!bad.alert, !bad.why);
	return bad.alert;
}

static void trusted(void **state)
{
	struct tls_conf conf = { .trusted = &ca.cert, .trusted_n = 1 };

	(void)state;
	assert_int_equal(alert_of(&conf, "a.example", &leaf), 0);
	assert_true(peer.verified && peer.spki_n == leaf.cert.spki.n);
	assert_int_equal(alert_of(&conf, "192.0.2.1", &leaf), 0);
	assert_int_equal(alert_of(&conf, "", &leaf), 0);
	assert_int_equal(alert_of(&conf, "b.example", &leaf), 42);
	assert_false(peer.verified);
	assert_int_equal(alert_of(&conf, "192.0.2.2", &leaf), 42);
	assert_int_equal(alert_of(&conf, "2001:db8::1", &leaf), 42);
	assert_int_equal(alert_of(&conf, "a.example", &lone), 48);
	assert_int_equal(alert_of(&conf, "a.example", &late), 45);
	assert_int_equal(alert_of(&conf, "", &user), 43);
	conf.role = TLS_SERVER;
	assert_int_equal(alert_of(&conf, "", &user), 0);
	assert_int_equal(alert_of(&conf, "b.example", &leaf), 0);
	assert_int_equal(alert_of(&conf, "", &lone), 48);
}

/* A pin is enough, whatever else is wrong; it or a path. */
static void pinned(void **state)
{
	uint8_t pins[2][TLS_PIN] = { { 0 } };
	struct tls_conf conf = { .pins = pins, .pins_n = 2 };
	struct hash h;

	(void)state;
	assert_int_equal(alert_of(&conf, "a.example", &leaf), 42);
	hash_init(&h, &hash_sha256);
	hash_add(&h, lone.cert.spki);
	hash_end(&h, pins[1]);
	assert_int_equal(alert_of(&conf, "q.example", &lone), 0);
	assert_true(peer.verified);
	assert_memory_equal(peer.pin, pins[1], TLS_PIN);
	assert_int_equal(alert_of(&conf, "q.example", &late), 0);
	assert_int_equal(alert_of(&conf, "a.example", &rsa), 42);
	conf.trusted = &ca.cert;
	conf.trusted_n = 1;
	assert_int_equal(alert_of(&conf, "a.example", &rsa), 0);
	assert_int_equal(alert_of(&conf, "q.example", &rsa), 42);
	pins[1][31] ^= 1;
	assert_int_equal(alert_of(&conf, "a.example", &lone), 48);
}

static void nobody_and_anybody(void **state)
{
	struct tls_conf conf = { .role = TLS_CLIENT };

	(void)state;
	assert_int_equal(alert_of(&conf, "a.example", &leaf), 48);
	conf.insecure = true;
	assert_int_equal(alert_of(&conf, "q.example", &late), 0);
	assert_false(peer.verified);
	assert_int_equal(peer.spki_n, late.cert.spki.n);
	conf.trusted = &ca.cert;
	conf.trusted_n = 1;
	assert_int_equal(alert_of(&conf, "a.example", &leaf), 0);
	assert_true(peer.verified);
}

static int judge(struct bytes list, bool extended)
{
	struct tls_conf conf = { .trusted = &ca.cert, .trusted_n = 1 };
	struct auth_ask ask = { &conf, BYTES("a.example"), NOW * INT64_C(1000),
				extended };
	struct guard g;
	int alert = auth_judge(&peer, &ask, guard_bytes(&g, list)).alert;

	guard_free(&g);
	return alert;
}

/* Every prefix but the whole and none is broken; what is behind the first may be
 * of no use; nothing was asked for with it.
 */
static void lists(void **state)
{
	static struct list l;

	(void)state;
	each_split(n, list_of(&l, &leaf).n)
		assert_int_equal(judge((struct bytes){ l.room, n }, true),
				 n == 0 || n == l.n ? 0 : 50);
	assert_int_equal(judge((struct bytes){ l.room, 0 }, true), 0);
	assert_int_equal(peer.spki_n, 0);
	assert_int_equal(judge((struct bytes){ l.room, l.n - 2 }, false), 0);
	add(&l, BYTES("nonsense"), true);
	assert_int_equal(judge((struct bytes){ l.room, l.n }, true), 0);
	add(&l, BYTES(""), true);
	assert_int_equal(judge((struct bytes){ l.room, l.n }, true), 50);
	l.n = 0;
	add(&l, BYTES("nonsense"), true);
	add(&l, leaf.der, true);
	assert_int_equal(judge((struct bytes){ l.room, l.n }, true), 42);
	list_of(&l, &leaf);
	l.room[l.n - 1] = 1;
	l.room[l.n++] = 0;
	assert_int_equal(judge((struct bytes){ l.room, l.n }, true), 110);
	for (l.n = 0; l.n < 2 * CERTS_ROOM - 600;)
		add(&l, leaf.der, true);
	assert_int_equal(judge((struct bytes){ l.room, l.n }, true), 0);
}

/* ---- signing ---- */

static void show(const struct made *m)
{
	struct tls_conf conf = { .insecure = true };

	assert_int_equal(alert_of(&conf, "", (struct made *)m), 0);
}

/* Each scheme by its key, and by no other scheme, key, digest. */
static void signatures(void **state)
{
	uint8_t room[KEY_SIG_MOST], digest[HASH_MOST] = { 1, 2, 3 };

	(void)state;
	for (size_t i = 0; i < AUTH_SCHEMES; i++) {
		const struct auth_scheme *s = &auth_schemes[i];
		struct bytes d = { digest, s->hash->size }, sig;

		if (!s->ours)
			continue;
		sig = auth_sign(s, s->curve ? &ec_key : &rsa_key, d, SPAN(room),
				certs_fill);
		assert_true(sig.n > 0);
		show(s->curve ? &leaf : &rsa);
		for (size_t k = 0; k < AUTH_SCHEMES; k++) {
			struct bytes e = { digest, auth_schemes[k].hash->size };

			assert_int_equal(auth_verify(&auth_schemes[k], &peer,
						     V13, e, sig),
					 k == i);
		}
		digest[0] ^= 1;
		assert_false(auth_verify(s, &peer, V13, d, sig));
		digest[0] ^= 1;
		sig.n--;
		assert_false(auth_verify(s, &peer, V13, d, sig));
		sig.n++;
		show(s->curve ? &rsa : &leaf);
		assert_false(auth_verify(s, &peer, V13, d, sig));
	}
}

/* Made by openssl over "nat": SHA-384, and SHA-256 as only 1.2 has it. */
#define P384_KEY "3076301006072a8648ce3d020106052b8104002203620004" P384_POINT
#define P384_POINT \
	"11c4e65f900e4f0f35e7365689888f5e0ee7bf85c1fbd7229412bb10bf07d1c8" \
	"e8dee3f423c80278716b78047487ad93456f542bff8fb8d42c9cd7039cb245f4" \
	"9255353022383fd83fc828ec02f3e3e10bb53d1168e9c5f3dbccdc11b181f2d3"
#define BY_384 \
	"3066023100e12e1ef6ee79e4105cdfcbb2a05b6f7b3f5aba380af10f9b3b20a3" \
	"6af4c8551774c7c19ef83b3fe9ac4df0c7d68d1b3102310090f650cdbadb71b6" \
	"ac90e606536b47f0524dc8b95f06f02e60da2dc2986d3160c3b1bd8a0cb2c97f" \
	"416967d0ab63b24d"
#define BY_256 \
	"3065023100b67c2b95cdca6fe23dda8d022e7035f48753b9a2017406cb21066e" \
	"6e1ba1a23bb81aedc1e3997f2b214af50b87bb1caa023060f5d042503bd69b02" \
	"9d7e5dc4047192362325e26c7b9cfe064dffbc11b449a932ad3ecbc6d94f9195" \
	"e268e9b98a1a10"

static void by_p384(void **state)
{
	static const struct {
		const struct hash_alg *hash;
		uint16_t number, version;
		bool good;
		const char *sig;
	} rows[] = {
		{ &hash_sha384, 0x0503, V13, true, BY_384 },
		{ &hash_sha384, 0x0503, V12, true, BY_384 },
		{ &hash_sha256, 0x0403, V13, false, BY_256 },
		{ &hash_sha256, 0x0403, V12, true, BY_256 },
		{ &hash_sha384, 0x0503, V12, false, BY_256 },
	};
	uint8_t sig[128], digest[HASH_MOST];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct bytes d = { digest, rows[i].hash->size };
		struct hash h;

		peer.spki_n = (uint16_t)unit_hex(SPAN(peer.spki), P384_KEY).n;
		hash_init(&h, rows[i].hash);
		hash_add(&h, BYTES("nat"));
		hash_end(&h, digest);
		assert_int_equal(auth_verify(scheme(rows[i].number), &peer,
					     rows[i].version, d,
					     unit_hex(SPAN(sig), rows[i].sig)),
				 rows[i].good);
	}
}

/* The example of RFC 8446 4.4.3: a server signs 01 32 times over. */
static void content(void **state)
{
	static const char text[] =
		"20202020202020202020202020202020202020202020202020202020202020"
		"20"
		"20202020202020202020202020202020202020202020202020202020202020"
		"20"
		"544c5320312e332c2073657276657220436572746966696361746556657269"
		"667900"
		"01010101010101010101010101010101010101010101010101010101010101"
		"01";
	uint8_t room[256], transcript[32], want[64], got[64];
	struct hash h;

	(void)state;
	memset(transcript, 1, sizeof transcript);
	for (size_t i = 2; i <= 3; i++) {
		const struct auth_scheme *s = &auth_schemes[i];

		hash_init(&h, s->hash);
		hash_add(&h, unit_hex(SPAN(room), text));
		hash_end(&h, want);
		auth_digest(s, TLS_SERVER, bytes_in(SPAN(transcript)), got);
		assert_memory_equal(got, want, s->hash->size);
		auth_digest(s, TLS_CLIENT, bytes_in(SPAN(transcript)), got);
		assert_int_not_equal(memcmp(got, want, s->hash->size), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(by_version_and_key),
		cmocka_unit_test(choosing),
		cmocka_unit_test(trusted),
		cmocka_unit_test(pinned),
		cmocka_unit_test(nobody_and_anybody),
		cmocka_unit_test(lists),
		cmocka_unit_test(signatures),
		cmocka_unit_test(by_p384),
		cmocka_unit_test(content),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
