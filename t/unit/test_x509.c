#include "unit.h"
#include "certs.h"
#include "crypt/pem.h"
#include "wire/x509_path.h"
#include "wire/x509_store.h"

static struct key keys[4];

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(keys); i++)
		key_make_p256(&keys[i], certs_fill);
	return 0;
}

/* root (key 0) signs middle (key 1) signs leaf (key 2). */
struct chain {
	struct wish root, middle, leaf;
};

static const struct chain usual = {
	{ "root", "root", DAYS, IS_CA CERT_SIGN, &keys[0], &keys[0] },
	{ "middle", "root", DAYS, IS_CA CERT_SIGN HARMLESS, &keys[1],
	  &keys[0] },
	{ "leaf", "middle", DAYS, NO_CA DIGITAL FOR_SERVER NAMES, &keys[2],
	  &keys[1] },
};

static enum x509_verdict judge(const struct chain *c, int64_t now)
{
	static struct made root, middle, leaf;
	struct x509 sent[2];
	struct x509_ask ask = { .trusted = &root.cert,
				.trusted_n = 1,
				.now = now,
				.purpose = X509_SERVER,
				.name = BYTES("a.example") };

	if (certs_make(&root, &c->root) || certs_make(&middle, &c->middle) ||
	    certs_make(&leaf, &c->leaf))
		return X509_BROKEN;
	sent[0] = leaf.cert;
	sent[1] = middle.cert;
	return x509_path(&ask, sent, 2);
}

/* ---- tests ---- */

static void paths(void **state)
{
	struct chain c = usual;

	(void)state;
	assert_int_equal(judge(&c, NOW), X509_GOOD);
	assert_int_equal(judge(&c, 1798761600), X509_GOOD);
	assert_int_equal(judge(&c, 1798761599), X509_NOT_YET);
	assert_int_equal(judge(&c, 1830297600), X509_GOOD);
	assert_int_equal(judge(&c, 1830297601), X509_EXPIRED);
}

#define CHANGE(part, field, value, verdict) \
	do { \
		struct chain c = usual; \
		c.part.field = value; \
		assert_int_equal(judge(&c, NOW), verdict); \
	} while (0)

/* One thing is other than it should be. */
static void refused(void **state)
{
	(void)state;
	CHANGE(middle, extensions, CERT_SIGN, X509_NOT_A_CA);
	CHANGE(middle, extensions, NO_CA CERT_SIGN, X509_NOT_A_CA);
	CHANGE(middle, extensions, IS_CA DIGITAL, X509_NOT_A_CA);
	CHANGE(middle, extensions, NULL, X509_NOT_A_CA);
	CHANGE(middle, extensions, IS_CA FOR_CLIENT, X509_USAGE);
	CHANGE(middle, extensions, IS_CA CONSTRAINED, X509_STRANGE);
	CHANGE(middle, until, "270110000000Z", X509_EXPIRED);
	CHANGE(middle, by, &keys[3], X509_SIGNATURE);
	CHANGE(middle, key, &keys[3], X509_SIGNATURE);
	CHANGE(middle, issuer, "other", X509_UNKNOWN);
	CHANGE(middle, subject, "other", X509_UNKNOWN);
	CHANGE(root, extensions, NO_CA, X509_NOT_A_CA);
	CHANGE(root, until, "270110000000Z", X509_EXPIRED);
	CHANGE(root, key, &keys[3], X509_SIGNATURE);
	CHANGE(root, subject, "other", X509_UNKNOWN);
	CHANGE(leaf, by, &keys[0], X509_SIGNATURE);
	CHANGE(leaf, extensions, NAMES CONSTRAINED, X509_STRANGE);
	CHANGE(leaf, extensions, NAMES CERT_SIGN, X509_USAGE);
	CHANGE(leaf, extensions, NAMES FOR_CLIENT, X509_USAGE);
	CHANGE(leaf, extensions, FOR_SERVER, X509_NAME);
	CHANGE(leaf, extensions, NAMES, X509_GOOD);
	CHANGE(root, extensions, IS_CA_0 CERT_SIGN, X509_NOT_A_CA);
	CHANGE(middle, extensions, IS_CA_0 CERT_SIGN, X509_GOOD);
}

static void broken(void **state)
{
	(void)state;
	CHANGE(leaf, from, "270101000000+0000", X509_BROKEN);
	CHANGE(leaf, from, "271301000000Z", X509_BROKEN);
	CHANGE(leaf, from, "270229000000Z", X509_BROKEN);
	CHANGE(leaf, from, "2702010000Z", X509_BROKEN);
	CHANGE(leaf, from, "270101240000Z", X509_BROKEN);
	CHANGE(leaf, from, "20270101000000Z", X509_GOOD);
	CHANGE(leaf, until, "20500229000000Z", X509_BROKEN);
	CHANGE(leaf, until, "20520229000000Z", X509_GOOD);
	CHANGE(leaf, extensions, NAMES NAMES, X509_BROKEN);
	CHANGE(leaf, extensions, "", X509_BROKEN);
	CHANGE(leaf, extensions, "3000", X509_BROKEN);
	CHANGE(leaf, extensions, "30080603551d13040130", X509_BROKEN);
	CHANGE(leaf, extensions, "30090603551d1104023000", X509_BROKEN);
}

static void names(void **state)
{
	static const struct {
		const char *name;
		bool good;
	} rows[] = {
		{ "a.example", true },
		{ "A.Example", true },
		{ "a.example.", true },
		{ "b.example", false },
		{ "x.b.example", true },
		{ "X.B.EXAMPLE", true },
		{ "x.y.b.example", false },
		{ ".b.example", false },
		{ "", false },
		{ "a.exampl", false },
		{ "aa.example", false },
		{ "*.b.example", true },
		{ ".", false },
	};
	static struct made m;

	(void)state;
	assert_int_equal(certs_make(&m, &usual.leaf), 0);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
			x509_names_host(&m.cert, bytes_of(rows[i].name)),
			rows[i].good);
	assert_true(x509_names_address(&m.cert, BYTES("\xc0\0\2\1")));
	assert_false(x509_names_address(&m.cert, BYTES("\xc0\0\2\2")));
	assert_false(x509_names_address(&m.cert, BYTES("a.example")));
	assert_false(x509_names_host(&m.cert, BYTES("\xc0\0\2\1")));
}

/* A star stands for a label in front of two, and nowhere else. */
static void stars(void **state)
{
	static const struct {
		const char *san, *name;
		bool good;
	} rows[] = {
		/* *.example */
		{ "30140603551d11040d300b82092a2e6578616d706c65", "a.example",
		  false },
		/* * */
		{ "300c0603551d110405300382012a", "a", false },
		/* a*.b.example */
		{ "30170603551d110410300e820c612a2e622e6578616d706c65",
		  "ax.b.example", false },
		/* *.b.example with nothing where the star is */
		{ "30160603551d11040f300d820b2a2e622e6578616d706c65",
		  "b.example", false },
		{ "30160603551d11040f300d820b2a2e622e6578616d706c65",
		  "c.b.example", true },
	};
	static struct made m;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct wish w = usual.leaf;

		w.extensions = rows[i].san;
		assert_int_equal(certs_make(&m, &w), 0);
		assert_int_equal(
			x509_names_host(&m.cert, bytes_of(rows[i].name)),
			rows[i].good);
	}
}

/* Itself trusted; alone; a path in any order, with strangers and circles. */
static void building(void **state)
{
	static struct made root, middle, leaf, circle[2], crossed;
	struct wish w = usual.middle;
	struct x509 sent[6];
	struct x509_ask ask = { .now = NOW, .purpose = X509_SERVER };

	(void)state;
	certs_make(&root, &usual.root);
	certs_make(&middle, &usual.middle);
	certs_make(&leaf, &usual.leaf);
	sent[0] = leaf.cert;
	assert_int_equal(x509_path(&ask, sent, 1), X509_UNKNOWN);
	assert_int_equal(x509_path(&ask, sent, 0), X509_BROKEN);
	ask.trusted = &leaf.cert;
	ask.trusted_n = 1;
	assert_int_equal(x509_path(&ask, sent, 1), X509_GOOD);
	ask.trusted = &middle.cert;
	assert_int_equal(x509_path(&ask, sent, 1), X509_GOOD);
	ask.trusted = &root.cert;
	assert_int_equal(x509_path(&ask, sent, 1), X509_UNKNOWN);
	/* middle by one who is middle's subject: round and round */
	w.issuer = "loop";
	w.by = &keys[3];
	certs_make(&circle[0], &w);
	w = usual.middle;
	w.subject = "loop";
	w.issuer = "middle";
	w.key = &keys[3];
	w.by = &keys[1];
	certs_make(&circle[1], &w);
	sent[1] = circle[0].cert;
	sent[2] = circle[1].cert;
	assert_int_equal(x509_path(&ask, sent, 3), X509_UNKNOWN);
	sent[3] = root.cert;
	sent[4] = middle.cert;
	assert_int_equal(x509_path(&ask, sent, 5), X509_GOOD);
	assert_int_equal(x509_path(&ask, sent, 4), X509_UNKNOWN);
	/* a middle of the same name and another key comes first */
	w = usual.middle;
	w.key = &keys[3];
	certs_make(&crossed, &w);
	sent[1] = crossed.cert;
	assert_int_equal(x509_path(&ask, sent, 5), X509_GOOD);
}

/* No prefix of a certificate is one, and no change of a byte goes unnoticed. */
static void every_byte(void **state)
{
	static struct made root, middle, leaf;
	struct x509 sent[2];
	struct x509_ask ask = { &root.cert,  1,           NOW,
				X509_SERVER, { NULL, 0 }, { NULL, 0 } };

	(void)state;
	certs_make(&root, &usual.root);
	certs_make(&middle, &usual.middle);
	certs_make(&leaf, &usual.leaf);
	sent[1] = middle.cert;
	each_split(n, leaf.der.n - 1)
	{
		struct guard g;
		struct bytes cut = guard_bytes(&g, bytes_head(leaf.der, n));

		assert_int_equal(x509_parse(&sent[0], cut), -NAT_EPROTO);
		guard_free(&g);
	}
	for (size_t i = 0; i < leaf.der.n; i++) {
		uint8_t copy[CERTS_ROOM];

		memcpy(copy, leaf.der.p, leaf.der.n);
		copy[i] ^= (uint8_t)(1 << i % 8);
		if (x509_parse(&sent[0], (struct bytes){ copy, leaf.der.n }) ==
		    0)
			assert_int_not_equal(x509_path(&ask, sent, 2),
					     X509_GOOD);
	}
}

static void stores(void **state)
{
	static struct made root, middle, leaf;
	static char text[8192];
	static uint8_t room[4096];
	struct x509 certs[2];
	struct x509_store s = { .certs = certs, .most = 2, .room = SPAN(room) };
	struct fmt f = fmt_to(SPAN(text));

	(void)state;
	certs_make(&root, &usual.root);
	certs_make(&middle, &usual.middle);
	fmt_put(&f, "# of old\n");
	pem_put(&f, "CERTIFICATE", root.der);
	pem_put(&f, "CERTIFICATE", bytes_head(root.der, 99));
	fmt_put(&f, "-----BEGIN CERTIFICATE-----\n!\n"
		    "-----END CERTIFICATE-----\n");
	pem_put(&f, "CERTIFICATE", middle.der);
	assert_int_equal(x509_store_add(&s, fmt_done(&f)), 2);
	assert_int_equal(s.skipped, 2);
	assert_bytes_equal(certs[0].der, root.der);
	assert_bytes_equal(certs[1].der, middle.der);
	assert_int_equal(x509_store_add(&s, fmt_done(&f)), 2);
	assert_int_equal(s.again, 2);
	certs_make(&leaf, &usual.leaf);
	f.n = 0;
	pem_put(&f, "CERTIFICATE", leaf.der);
	assert_int_equal(x509_store_add(&s, fmt_done(&f)), -NAT_EROOM);
	assert_int_equal(x509_store_add(&s, (struct bytes){ NULL, 0 }), 2);
}

/* The system's own, where there are some: all are read. */
static void system_store(void **state)
{
	static struct x509 certs[512];
	static uint8_t room[1 << 20];
	struct x509_store s = { .certs = certs,
				.most = COUNT(certs),
				.room = SPAN(room) };
	struct span text = unit_file("/etc/ssl/certs/ca-certificates.crt");
	size_t cas = 0;

	(void)state;
	assert_true(x509_store_add(&s, bytes_in(text)) > 10);
	assert_int_equal(s.skipped, 0);
	for (size_t i = 0; i < s.n; i++)
		cas += certs[i].ca;
	assert_true(cas * 10 > s.n * 9);
	free(text.p);
}

static void verdicts(void **state)
{
	(void)state;
	assert_string_equal(x509_text(X509_EXPIRED),
			    "the certificate has expired");
	assert_int_equal(x509_alert(X509_UNKNOWN), 48);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths),        cmocka_unit_test(refused),
		cmocka_unit_test(broken),       cmocka_unit_test(names),
		cmocka_unit_test(stars),        cmocka_unit_test(building),
		cmocka_unit_test(every_byte),   cmocka_unit_test(stores),
		cmocka_unit_test(system_store), cmocka_unit_test(verdicts),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
