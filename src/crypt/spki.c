#include "crypt/spki.h"
#include "base/base64.h"
#include "crypt/ecdsa.h"

/* What an AlgorithmIdentifier holds, by RFC 3279 and RFC 5480. */
#define ROW(lit) \
	{ \
		(const uint8_t *)(lit), sizeof(lit) - 1 \
	}
#define ID_RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01"
#define ID_EC "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01"
#define ID_ECDSA "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03"
#define NONE "\x05\x00"

/* clang-format off */
static const struct {
	struct bytes id;
	const struct ec_curve *curve;
} kinds[] = {
	{ ROW(ID_RSA "\x01" NONE), NULL },
	{ ROW(ID_EC "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), &ec_p256 },
	{ ROW(ID_EC "\x06\x05\x2b\x81\x04\x00\x22"), &ec_p384 },
};

/* RFC 4055 5, RFC 5758 3.2. */
static const struct spki_alg algs[] = {
	{ ROW(ID_RSA "\x0b" NONE), true,  &hash_sha256 },
	{ ROW(ID_RSA "\x0c" NONE), true,  &hash_sha384 },
	{ ROW(ID_RSA "\x0d" NONE), true,  &hash_sha512 },
	{ ROW(ID_ECDSA "\x02"),    false, &hash_sha256 },
	{ ROW(ID_ECDSA "\x03"),    false, &hash_sha384 },
	{ ROW(ID_ECDSA "\x04"),    false, &hash_sha512 },
};
/* clang-format on */

const struct spki_alg *const spki_rsa_sha256 = &algs[0];
const struct spki_alg *const spki_ecdsa_sha256 = &algs[3];

static bool parse_rsa(struct spki *k, struct bytes bits)
{
	struct cur c = cur_of(bits), in = der_into(&c, DER_SEQUENCE);

	k->n = der_uint(&in);
	k->e = der_uint(&in);
	return der_done(&in) && der_done(&c);
}

bool spki_parse(struct spki *k, struct bytes der)
{
	struct cur c = cur_of(der), in = der_into(&c, DER_SEQUENCE);
	struct bytes id = der_get(&in, DER_SEQUENCE), bits = der_bits(&in);
	size_t i = 0;

	*k = (struct spki){ .curve = NULL };
	while (i < COUNT(kinds) && !bytes_equal(id, kinds[i].id))
		i++;
	if (i == COUNT(kinds) || !der_done(&in) || !der_done(&c))
		return false;
	k->curve = kinds[i].curve;
	k->point = bits;
	return k->curve ? bits.n == 1 + 2 * k->curve->bytes && bits.p[0] == 4
			: parse_rsa(k, bits);
}

void spki_put(struct der_out *o, const struct spki *k)
{
	size_t all = o->n, i = 0;

	while (kinds[i].curve != k->curve)
		i++;
	if (k->curve) {
		der_put_raw(o, k->point);
	} else {
		der_put_uint(o, k->e);
		der_put_uint(o, k->n);
		der_wrap(o, DER_SEQUENCE, all);
	}
	der_wrap_bits(o, all);
	der_put(o, DER_SEQUENCE, kinds[i].id);
	der_wrap(o, DER_SEQUENCE, all);
}

const struct spki_alg *spki_alg_of(struct bytes id)
{
	for (size_t i = 0; i < COUNT(algs); i++)
		if (bytes_equal(id, algs[i].id))
			return &algs[i];
	return NULL;
}

void spki_put_rs(struct der_out *o, struct bytes sig)
{
	size_t all = o->n, half = sig.n / 2;

	der_put_uint(o, (struct bytes){ sig.p + half, half });
	der_put_uint(o, (struct bytes){ sig.p, half });
	der_wrap(o, DER_SEQUENCE, all);
}

bool spki_get_rs(struct span sig, struct bytes der)
{
	struct cur c = cur_of(der), in = der_into(&c, DER_SEQUENCE);
	struct bytes r = der_uint(&in), s = der_uint(&in);
	size_t half = sig.n / 2;

	if (!der_done(&in) || !der_done(&c) || r.n > half || s.n > half)
		return false;
	memset(sig.p, 0, sig.n);
	memcpy(sig.p + half - r.n, r.p, r.n);
	memcpy(sig.p + sig.n - s.n, s.p, s.n);
	return true;
}

bool spki_verify_digest(const struct spki *k, const struct rsa_text *t,
			struct bytes sig)
{
	uint8_t rs[ECDSA_SIZE];
	struct rsa_public pub;

	if (!k->curve)
		return rsa_public_init(&pub, k->n, k->e) &&
		       rsa_verify_pkcs1(&pub, t, sig);
	return spki_get_rs((struct span){ rs, 2 * k->curve->bytes }, sig) &&
	       ecdsa_verify((struct bytes){ rs, 2 * k->curve->bytes },
			    t->digest, k->point, k->curve);
}

bool spki_verify(const struct spki *k, const struct spki_alg *alg,
		 struct bytes text, struct bytes sig)
{
	uint8_t digest[HASH_MOST];
	struct rsa_text t = { alg->hash, { digest, alg->hash->size } };
	struct hash h;

	if (alg->rsa != !k->curve)
		return false;
	hash_init(&h, alg->hash);
	hash_add(&h, text);
	hash_end(&h, digest);
	return spki_verify_digest(k, &t, sig);
}

void spki_pin(struct fmt *f, struct bytes der)
{
	uint8_t digest[SHA256_SIZE];
	struct hash h;

	hash_init(&h, &hash_sha256);
	hash_add(&h, der);
	hash_end(&h, digest);
	base64_put(f, (struct bytes){ digest, sizeof digest }, 0);
}
