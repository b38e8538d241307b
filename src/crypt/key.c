#include "crypt/key.h"
#include "crypt/ct.h"
#include "crypt/ecdsa.h"
#include "crypt/pem.h"
#include "crypt/rsa_make.h"
#include "crypt/rsa_pad.h"

#define ID_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"
#define ID_P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
#define ID_EC_P256 "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01" ID_P256

/* ---- making ---- */

void key_make_rsa(struct key *k, size_t bits, void (*fill)(struct span to))
{
	*k = (struct key){ .rsa = true };
	rsa_make(&k->r, bits, fill);
}

void key_make_p256(struct key *k, void (*fill)(struct span to))
{
	*k = (struct key){ .rsa = false };
	do
		fill(SPAN(k->scalar));
	while (!ec_public(k->point, bytes_in(SPAN(k->scalar)), &ec_p256));
}

/* ---- reading ---- */

/* RSAPrivateKey: version 0, then the parts in this order. */
static bool load_pkcs1(struct key *k, struct bytes der,
		       void (*fill)(struct span to))
{
	struct cur c = cur_of(der), in = der_into(&c, DER_SEQUENCE);
	struct rsa_parts parts;
	struct bytes *const order[] = { &parts.n,  &parts.e,   &parts.d,
					&parts.p,  &parts.q,   &parts.dp,
					&parts.dq, &parts.qinv };

	if (der_uint(&in).n != 0)
		return false;
	for (size_t i = 0; i < COUNT(order); i++)
		*order[i] = der_uint(&in);
	k->rsa = true;
	return der_done(&in) && der_done(&c) && rsa_init(&k->r, &parts, fill);
}

/* ECPrivateKey: version 1, the scalar; curve and point may stand there too, and
 * the point is computed anew.
 */
static bool load_sec1(struct key *k, struct bytes der, bool named)
{
	struct cur c = cur_of(der), in = der_into(&c, DER_SEQUENCE);
	struct bytes one = der_uint(&in), scalar = der_get(&in, DER_OCTETS);
	struct bytes curve = { NULL, 0 };

	if (cur_peek(&in) == DER_EXPLICIT)
		curve = der_get(&in, DER_EXPLICIT);
	if (cur_peek(&in) == (DER_EXPLICIT | 1))
		der_get(&in, DER_EXPLICIT | 1);
	if (!der_done(&in) || !der_done(&c) || !bytes_are(one, "\1") ||
	    scalar.n != sizeof k->scalar ||
	    (curve.p ? !bytes_equal(curve, BYTES(ID_P256)) : !named))
		return false;
	k->rsa = false;
	memcpy(k->scalar, scalar.p, scalar.n);
	return ec_public(k->point, scalar, &ec_p256);
}

static bool load_pkcs8(struct key *k, struct bytes der,
		       void (*fill)(struct span to))
{
	struct cur c = cur_of(der), in = der_into(&c, DER_SEQUENCE);
	struct bytes version = der_uint(&in), id = der_get(&in, DER_SEQUENCE);
	struct bytes body = der_get(&in, DER_OCTETS);

	/* Attributes and a public key may follow, and say nothing new. */
	if (in.bad || !der_done(&c) || (version.n && !bytes_are(version, "\1")))
		return false;
	if (bytes_equal(id, BYTES(ID_RSA)))
		return load_pkcs1(k, body, fill);
	return bytes_equal(id, BYTES(ID_EC_P256)) && load_sec1(k, body, true);
}

static bool is_key(struct bytes label)
{
	static const char end[] = "PRIVATE KEY";

	return label.n >= strlen(end) &&
	       memcmp(label.p + label.n - strlen(end), end, strlen(end)) == 0;
}

static bool load_der(struct key *k, const struct pem *p,
		     void (*fill)(struct span to))
{
	if (bytes_are(p->label, "PRIVATE KEY"))
		return load_pkcs8(k, p->der, fill);
	if (bytes_are(p->label, "RSA PRIVATE KEY"))
		return load_pkcs1(k, p->der, fill);
	return bytes_are(p->label, "EC PRIVATE KEY") &&
	       load_sec1(k, p->der, false);
}

int key_load(struct key *k, struct bytes text, void (*fill)(struct span to))
{
	uint8_t room[2 * KEY_DER_MOST];
	struct cur c = cur_of(text);
	struct pem p;
	int rc;

	*k = (struct key){ .rsa = false };
	do
		rc = pem_next(&p, &c, SPAN(room));
	while (rc != 0 && !is_key(p.label));
	if (rc > 0)
		rc = load_der(k, &p, fill) ? 0 : -NAT_EINVAL;
	else
		rc = rc == 0 ? -NAT_ENOENT : -NAT_EINVAL;
	ct_wipe(room, sizeof room);
	return rc;
}

/* ---- writing ---- */

static void put_limbs(struct der_out *o, const limb *a, size_t n)
{
	uint8_t room[RSA_BYTES];
	struct span to = { room, n * sizeof *a };

	big_store(to, a, n);
	der_put_uint(o, bytes_in(to));
	ct_wipe(room, sizeof room);
}

/* From the last to the first, as der_out goes. */
static void put_pkcs1(struct der_out *o, const struct rsa_key *r)
{
	size_t all = o->n;
	uint8_t e[4];
	limb exponent = r->pub.e;

	big_store(SPAN(e), &exponent, 1);
	put_limbs(o, r->qinv, r->half);
	put_limbs(o, r->q.d, r->half);
	put_limbs(o, r->p.d, r->half);
	put_limbs(o, r->q.p, r->half);
	put_limbs(o, r->p.p, r->half);
	put_limbs(o, r->d, r->pub.limbs);
	der_put_uint(o, bytes_in(SPAN(e)));
	put_limbs(o, r->pub.n, r->pub.limbs);
	der_put_small(o, 0);
	der_wrap(o, DER_SEQUENCE, all);
}

static void put_sec1(struct der_out *o, const struct key *k)
{
	size_t all = o->n;

	der_put_raw(o, (struct bytes){ k->point, sizeof k->point });
	der_wrap_bits(o, all);
	der_wrap(o, DER_EXPLICIT | 1, all);
	der_put(o, DER_OCTETS, (struct bytes){ k->scalar, sizeof k->scalar });
	der_put_small(o, 1);
	der_wrap(o, DER_SEQUENCE, all);
}

void key_put(struct der_out *o, const struct key *k)
{
	size_t all = o->n;

	if (k->rsa)
		put_pkcs1(o, &k->r);
	else
		put_sec1(o, k);
	der_wrap(o, DER_OCTETS, all);
	der_put(o, DER_SEQUENCE, k->rsa ? BYTES(ID_RSA) : BYTES(ID_EC_P256));
	der_put_small(o, 0);
	der_wrap(o, DER_SEQUENCE, all);
}

void key_put_spki(struct der_out *o, const struct key *k)
{
	uint8_t n[RSA_BYTES], e[4];
	limb exponent = k->r.pub.e;
	struct spki s = { .curve = k->rsa ? NULL : &ec_p256,
			  .point = { k->point, sizeof k->point },
			  .n = { n, k->r.pub.bytes },
			  .e = { e, sizeof e } };

	if (k->rsa) {
		big_store((struct span){ n, k->r.pub.bytes }, k->r.pub.n,
			  k->r.pub.limbs);
		big_store(SPAN(e), &exponent, 1);
	}
	spki_put(o, &s);
}

/* ---- signing ---- */

const struct spki_alg *key_alg(const struct key *k)
{
	return k->rsa ? spki_rsa_sha256 : spki_ecdsa_sha256;
}

static struct bytes sign_p256(const struct key *k, struct bytes digest,
			      struct span room, void (*fill)(struct span to))
{
	uint8_t hedge[32], sig[ECDSA_P256_SIZE];
	struct der_out o = der_out(room);

	fill(SPAN(hedge));
	if (!ecdsa_sign(sig, (struct bytes){ k->scalar, sizeof k->scalar },
			digest, bytes_in(SPAN(hedge))))
		return (struct bytes){ room.p, 0 };
	spki_put_rs(&o, bytes_in(SPAN(sig)));
	return der_written(&o);
}

struct bytes key_sign_digest(struct key *k, const struct rsa_text *t,
			     struct span room, void (*fill)(struct span to))
{
	if (!k->rsa)
		return sign_p256(k, t->digest, room, fill);
	if (room.n < k->r.pub.bytes || !rsa_sign_pkcs1(&k->r, t, room.p))
		return (struct bytes){ room.p, 0 };
	return (struct bytes){ room.p, k->r.pub.bytes };
}

struct bytes key_sign(struct key *k, struct bytes text, struct span room,
		      void (*fill)(struct span to))
{
	uint8_t digest[SHA256_SIZE];
	struct rsa_text t = { &hash_sha256, bytes_in(SPAN(digest)) };
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, text);
	hash_end(&h, digest);
	return key_sign_digest(k, &t, room, fill);
}
