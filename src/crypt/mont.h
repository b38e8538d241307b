/* mont - arithmetic modulo an odd number m, after Montgomery: a stands as a * R
 * mod m, R = 2^(n * LIMB_BITS), so that reducing takes products and no division.
 *
 * Constant time in numbers and exponents, but where "public" is said; a modulus
 * may be secret too, all but its length. All numbers have n limbs and are less
 * than m. Results may stand in the place of arguments.
 */
#ifndef NAT_CRYPT_MONT_H
#define NAT_CRYPT_MONT_H

#include "crypt/big.h"

enum { MONT_LIMBS = BIG_LIMBS / 2 }; /* most of a modulus of mont_exp */

struct mont {
	size_t n;
	limb m0;            /* -1 / m mod 2^LIMB_BITS */
	const limb *m, *rr; /* the modulus; R^2 mod m */
	const struct mont_ops *ops;
};

struct mont_ops {
	void (*mul)(limb *r, const limb *a, const limb *b,
		    const struct mont *mod);
	void (*add)(limb *r, const limb *a, const limb *b,
		    const struct mont *mod);
	void (*sub)(limb *r, const limb *a, const limb *b,
		    const struct mont *mod);
	void (*square)(limb *r, const limb *a, const struct mont *mod);
};

/* For any modulus; p256.c has its own. */
extern const struct mont_ops mont_any;
void mont_any_add(limb *r, const limb *a, const limb *b,
		  const struct mont *mod);
void mont_any_sub(limb *r, const limb *a, const limb *b,
		  const struct mont *mod);

/* Once, at start: whether power_native may be used, as os/cpu knows. Without this
 * call all is plain C; the results are the same.
 */
void mont_native(bool ifma);

/* m is odd and lent, and so is rr, n limbs that are filled here; both as long as
 * mod is.
 */
void mont_init(struct mont *mod, const limb *m, limb *rr, size_t n);

/* -1 / m mod 2^LIMB_BITS, of m's lowest limb. */
limb mont_m0(limb m);

static inline void mont_mul(limb *r, const limb *a, const limb *b,
			    const struct mont *mod)
{
	mod->ops->mul(r, a, b, mod);
}

static inline void mont_add(limb *r, const limb *a, const limb *b,
			    const struct mont *mod)
{
	mod->ops->add(r, a, b, mod);
}

static inline void mont_sub(limb *r, const limb *a, const limb *b,
			    const struct mont *mod)
{
	mod->ops->sub(r, a, b, mod);
}

static inline void mont_square(limb *r, const limb *a, const struct mont *mod)
{
	mod->ops->square(r, a, mod);
}

/* Into Montgomery's form (a may be any n limbs) and out of it; 1 in that form. */
void mont_in(limb *r, const limb *a, const struct mont *mod);
void mont_out(limb *r, const limb *a, const struct mont *mod);
void mont_one(limb *r, const struct mont *mod);

/* r = t / R mod m; t of 2n limbs, less than m * R, is used up. */
void mont_reduce(limb *r, limb *t, const struct mont *mod);

/* r = t mod m if t, with top above its n limbs, is less than 2m. r apart from t. */
void mont_settle(limb *r, const limb *t, limb top, const struct mont *mod);

/* a^e, both r and a in Montgomery's form; e of n limbs, n <= MONT_LIMBS. */
void mont_exp(limb *r, const limb *a, const limb *e, const struct mont *mod);

/* The same for an exponent everybody may know, e > 0. r apart from a. */
void mont_exp_public(limb *r, const limb *a, uint32_t e,
		     const struct mont *mod);

/* 1 / a, in Montgomery's form; m is prime. 0 gives 0. */
void mont_invert(limb *r, const limb *a, const struct mont *mod);

#endif
