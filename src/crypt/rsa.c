#include "crypt/rsa.h"
#include "crypt/ct.h"

static struct mont modulus(const struct rsa_public *pub)
{
	return (struct mont){ pub->limbs, mont_m0(pub->n[0]), pub->n, pub->rr,
			      &mont_any };
}

static struct mont prime(const struct rsa_prime *p, size_t half)
{
	return (struct mont){ half, mont_m0(p->p[0]), p->p, p->rr, &mont_any };
}

bool rsa_public_init(struct rsa_public *pub, struct bytes n, struct bytes e)
{
	limb exponent[LIMBS(64)];
	struct mont mod;

	*pub = (struct rsa_public){ .e = 0 };
	if (!big_load(pub->n, BIG_LIMBS, n) ||
	    !big_load(exponent, LIMBS(64), e) ||
	    big_bits(exponent, LIMBS(64)) > 32)
		return false;
	pub->e = (uint32_t)exponent[0];
	pub->bits = big_bits(pub->n, BIG_LIMBS);
	pub->bytes = (pub->bits + 7) / 8;
	pub->limbs = LIMBS(pub->bits);
	if (pub->bits < RSA_BITS_LEAST || !(pub->n[0] & 1) || pub->e < 3 ||
	    !(pub->e & 1))
		return false;
	mont_init(&mod, pub->n, pub->rr, pub->limbs);
	return true;
}

/* to = x^e, both plain. */
static void public_power(const struct rsa_public *pub, limb *to, const limb *x)
{
	struct mont mod = modulus(pub);
	limb base[BIG_LIMBS];

	mont_in(base, x, &mod);
	mont_exp_public(to, base, pub->e, &mod);
	mont_out(to, to, &mod);
}

bool rsa_public_op(const struct rsa_public *pub, uint8_t *to, struct bytes x)
{
	limb a[BIG_LIMBS], r[BIG_LIMBS];

	if (x.n != pub->bytes || !big_load(a, pub->limbs, x) ||
	    !big_less(a, pub->n, pub->limbs))
		return false;
	public_power(pub, r, a);
	big_store((struct span){ to, pub->bytes }, r, pub->limbs);
	return true;
}

/* r = x^e mod p, in the form of p; x is less than p * R. */
static void prime_power(limb *r, const limb *x, const limb *e,
			const struct mont *p)
{
	limb t[BIG_LIMBS];

	big_copy(t, x, 2 * p->n);
	mont_reduce(r, t, p);
	mont_in(r, r, p);
	mont_in(r, r, p);
	mont_exp(r, r, e, p);
	ct_wipe(t, sizeof t);
}

/* r = x^dp mod p and x^dq mod q in one (RFC 8017 5.1.2, 2b); x below n. */
static void crt_power(limb *r, const limb *x, const limb *dp, const limb *dq,
		      const struct rsa_key *k)
{
	struct mont p = prime(&k->p, k->half), q = prime(&k->q, k->half);
	limb m1[MONT_LIMBS], m2[MONT_LIMBS], h[MONT_LIMBS], carry = 0;

	prime_power(m1, x, dp, &p);
	prime_power(m2, x, dq, &q);
	mont_out(m2, m2, &q);
	mont_in(h, m2, &p);
	mont_sub(h, m1, h, &p);
	mont_mul(h, h, k->qinv, &p);
	big_mul(r, h, k->q.p, k->half);
	carry = big_add(r, r, m2, k->half);
	for (size_t i = k->half; i < 2 * k->half; i++)
		r[i] = limb_add(r[i], 0, &carry);
	ct_wipe(m1, sizeof m1);
	ct_wipe(m2, sizeof m2);
	ct_wipe(h, sizeof h);
}

/* blind = r^e and unblind = 1 / r, which is r^(p-2) mod p and r^(q-2) mod q. */
static void start_blinding(struct rsa_key *k, void (*fill)(struct span to))
{
	struct mont n = modulus(&k->pub);
	limb two[MONT_LIMBS] = { 2 }, r[BIG_LIMBS] = { 0 };
	limb ep[MONT_LIMBS], eq[MONT_LIMBS];

	/* A limb less than the modulus has, so that r is below it. */
	fill((struct span){ (uint8_t *)r, (n.n - 1) * sizeof *r });
	r[0] |= 1;
	big_sub(ep, k->p.p, two, k->half);
	big_sub(eq, k->q.p, two, k->half);
	crt_power(k->unblind, r, ep, eq, k);
	mont_in(k->unblind, k->unblind, &n);
	mont_in(r, r, &n);
	mont_exp_public(k->blind, r, k->pub.e, &n);
	ct_wipe(r, sizeof r);
	ct_wipe(ep, sizeof ep);
	ct_wipe(eq, sizeof eq);
}

/* r = x^d, plain, by a blind that is another one each time. */
static void private_power(struct rsa_key *k, limb *r, const limb *x)
{
	struct mont n = modulus(&k->pub);
	limb t[BIG_LIMBS] = { 0 };

	mont_mul(t, x, k->blind, &n);
	crt_power(r, t, k->p.d, k->q.d, k);
	mont_mul(r, r, k->unblind, &n);
	mont_square(k->blind, k->blind, &n);
	mont_square(k->unblind, k->unblind, &n);
	ct_wipe(t, sizeof t);
}

bool rsa_private_op(struct rsa_key *k, uint8_t *to, struct bytes x)
{
	size_t limbs = k->pub.limbs;
	limb a[BIG_LIMBS], r[BIG_LIMBS], back[BIG_LIMBS];
	bool good;

	if (x.n != k->pub.bytes || !big_load(a, limbs, x) ||
	    !big_less(a, k->pub.n, limbs))
		return false;
	private_power(k, r, a);
	public_power(&k->pub, back, r);
	good = big_equal(back, a, limbs);
	big_store((struct span){ to, k->pub.bytes }, r, limbs);
	if (!good)
		ct_wipe(to, k->pub.bytes);
	ct_wipe(r, sizeof r);
	return good;
}

bool rsa_prepare(struct rsa_key *k, void (*fill)(struct span to))
{
	limb product[BIG_LIMBS] = { 0 };
	struct mont mod;

	if (!(k->p.p[0] & k->q.p[0] & 1))
		return false;
	big_mul(product, k->p.p, k->q.p, k->half);
	if (!big_equal(product, k->pub.n, BIG_LIMBS) ||
	    !big_less(k->qinv, k->p.p, k->half))
		return false;
	mont_init(&mod, k->p.p, k->p.rr, k->half);
	mont_init(&mod, k->q.p, k->q.rr, k->half);
	start_blinding(k, fill);
	return true;
}

bool rsa_init(struct rsa_key *k, const struct rsa_parts *parts,
	      void (*fill)(struct span to))
{
	size_t half;

	*k = (struct rsa_key){ .half = 0 };
	if (!rsa_public_init(&k->pub, parts->n, parts->e))
		return false;
	half = k->half = LIMBS((k->pub.bits + 1) / 2);
	return big_load(k->p.p, half, parts->p) &&
	       big_load(k->q.p, half, parts->q) &&
	       big_load(k->p.d, half, parts->dp) &&
	       big_load(k->q.d, half, parts->dq) &&
	       big_load(k->qinv, half, parts->qinv) &&
	       big_load(k->d, k->pub.limbs, parts->d) && rsa_prepare(k, fill);
}
