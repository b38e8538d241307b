#include "crypt/rsa_make.h"
#include "crypt/ct.h"
#include <assert.h>

enum {
	E = 65537,
	SMALL_BELOW = 2048,
	SMALL_MOST = 320,  /* primes below that */
	ROUNDS_BITS = 1536 /* FIPS 186-5 B.3, table B.1 */
};

/* ---- residues in constant time ---- */

static uint32_t chunk(const limb *a, size_t i)
{
	size_t bit = 16 * i;

	return (uint32_t)(a[bit / LIMB_BITS] >> bit % LIMB_BITS) & 0xffff;
}

/* a mod p for 2 < p < 2048, by p's inverse: the quotient is one short at most. */
static uint32_t residue(const limb *a, size_t n, uint32_t p)
{
	uint32_t inverse = UINT32_MAX / p, r = 0;

	for (size_t i = n * LIMB_BITS / 16; i-- > 0;) {
		uint32_t t = r << 16 | chunk(a, i);

		r = t - (uint32_t)((uint64_t)t * inverse >> 32) * p;
		r -= p & (((r - p) >> 31) - 1);
	}
	return r;
}

/* x mod 65537: 65536 is -1 there. x below 2^33. */
static uint32_t fold_e(uint64_t x)
{
	uint32_t r = (uint32_t)(x & 0xffff) + E - (uint32_t)(x >> 16);

	return r - (E & (((r - E) >> 31) - 1));
}

static uint32_t residue_e(const limb *a, size_t n)
{
	uint32_t r = 0;

	for (size_t i = n * LIMB_BITS / 16; i-- > 0;)
		r = fold_e((uint64_t)r << 16 | chunk(a, i));
	return r;
}

/* 1 / x mod 65537, which is x^65535. */
static uint32_t invert_e(uint32_t x)
{
	uint32_t r = x;

	for (int i = 0; i < 15; i++)
		r = fold_e((uint64_t)fold_e((uint64_t)r * r) * x);
	return r;
}

/* r = 1 / 65537 mod m, (1 + j m) / 65537 where j makes that whole; the quotient
 * comes from below, by the inverse of 65537 mod 2^LIMB_BITS.
 */
static void inverse_of_e(limb *r, const limb *m, size_t n)
{
	limb j = (limb)(E - invert_e(residue_e(m, n))), over = 1, under = 0;
	limb inverse = (limb)0 - mont_m0(E);

	for (size_t i = 0; i < n; i++) {
		limb sum = limb_muladd(0, m[i], j, &over);
		limb rest = sum - under;
		limb high = 0;

		r[i] = rest * inverse;
		limb_muladd(0, r[i], E, &high);
		under = high + (sum < under);
	}
}

/* ---- primes ---- */

struct small {
	size_t n;
	uint16_t p[SMALL_MOST];
};

static void find_small(struct small *s)
{
	s->n = 0;
	for (uint16_t at = 3; at < SMALL_BELOW; at += 2) {
		size_t i = 0;

		while (i < s->n && at % s->p[i])
			i++;
		if (i == s->n)
			s->p[s->n++] = at;
	}
}

/* Nothing small divides p, nor 65537 p - 1. */
static bool may_be_prime(const limb *p, size_t n, const struct small *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (residue(p, n, s->p[i]) == 0)
			return false;
	return residue_e(p, n) != 1;
}

/* Miller and Rabin; p is 3 mod 4, so that there is one power to look at. */
static bool miller_rabin(const limb *p, size_t n, void (*fill)(struct span to))
{
	limb rr[MONT_LIMBS], x[MONT_LIMBS], e[MONT_LIMBS], one[MONT_LIMBS];
	limb minus[MONT_LIMBS] = { 0 };
	struct mont mod;
	bool good = true;

	mont_init(&mod, p, rr, n);
	mont_one(one, &mod);
	mont_sub(minus, minus, one, &mod);
	for (size_t i = 0; i < n; i++)
		e[i] = p[i] >> 1 |
		       (i + 1 < n ? p[i + 1] << (LIMB_BITS - 1) : 0);
	for (int i = n * LIMB_BITS < ROUNDS_BITS ? 5 : 4; good && i > 0; i--) {
		fill((struct span){ (uint8_t *)x, n * sizeof *x });
		mont_in(x, x, &mod);
		mont_exp(x, x, e, &mod);
		good = big_equal(x, one, n) | big_equal(x, minus, n);
	}
	ct_wipe(rr, sizeof rr);
	ct_wipe(x, sizeof x);
	ct_wipe(e, sizeof e);
	ct_wipe(one, sizeof one);
	ct_wipe(minus, sizeof minus);
	return good;
}

/* Both top bits are set, so that the product of two has all its bits. */
static void make_prime(limb *p, size_t n, const struct small *s,
		       void (*fill)(struct span to))
{
	do {
		fill((struct span){ (uint8_t *)p, n * sizeof *p });
		p[0] |= 3;
		p[n - 1] |= (limb)3 << (LIMB_BITS - 2);
	} while (!may_be_prime(p, n, s) || !miller_rabin(p, n, fill));
}

/* ---- keys ---- */

/* FIPS 186-5 A.1.3, 5.4: p and q differ in their first 100 bits; here in 64. */
static bool far_apart(const struct rsa_key *k)
{
	limb diff[MONT_LIMBS], any;
	size_t from = k->half - LIMBS(64);

	big_sub(diff, k->p.p, k->q.p, k->half);
	any = big_none(diff + from, k->half - from);
	return !any;
}

/* What is one less than an odd number. */
static void less_one(limb *r, const limb *p, size_t n)
{
	big_copy(r, p, n);
	r[0] ^= 1;
}

static void find_exponents(struct rsa_key *k)
{
	limb p1[MONT_LIMBS], q1[MONT_LIMBS], phi[BIG_LIMBS];

	less_one(p1, k->p.p, k->half);
	less_one(q1, k->q.p, k->half);
	big_mul(phi, p1, q1, k->half);
	inverse_of_e(k->p.d, p1, k->half);
	inverse_of_e(k->q.d, q1, k->half);
	inverse_of_e(k->d, phi, 2 * k->half);
	ct_wipe(p1, sizeof p1);
	ct_wipe(q1, sizeof q1);
	ct_wipe(phi, sizeof phi);
}

static void find_qinv(struct rsa_key *k)
{
	struct mont p;

	mont_init(&p, k->p.p, k->p.rr, k->half);
	mont_in(k->qinv, k->q.p, &p);
	mont_invert(k->qinv, k->qinv, &p);
	mont_out(k->qinv, k->qinv, &p);
}

void rsa_make(struct rsa_key *k, size_t bits, void (*fill)(struct span to))
{
	static const uint8_t e[] = { 1, 0, 1 };
	uint8_t n[RSA_BYTES];
	limb product[BIG_LIMBS];
	struct small small;

	assert(bits >= RSA_BITS_LEAST && bits <= RSA_BITS_MOST &&
	       bits % 128 == 0);
	find_small(&small);
	*k = (struct rsa_key){ .half = LIMBS(bits / 2) };
	do {
		make_prime(k->p.p, k->half, &small, fill);
		make_prime(k->q.p, k->half, &small, fill);
	} while (!far_apart(k));
	big_mul(product, k->p.p, k->q.p, k->half);
	big_store((struct span){ n, bits / 8 }, product, 2 * k->half);
	rsa_public_init(&k->pub, (struct bytes){ n, bits / 8 },
			(struct bytes){ e, sizeof e });
	find_exponents(k);
	find_qinv(k);
	rsa_prepare(k, fill);
}
