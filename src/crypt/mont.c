#include "crypt/mont.h"
#include "crypt/ct.h"
#include "crypt/power.h"

enum { WINDOW = 4, ENTRIES = 1 << WINDOW, AT_ONCE = 8 };

/* What mont_native was told. */
static bool powers;

void mont_native(bool ifma)
{
	powers = ifma && power_native;
}

/* Newton: each step doubles the bits that are right; m * m is 1 mod 8. */
limb mont_m0(limb m)
{
	limb x = m;

	for (int bits = 3; bits < LIMB_BITS; bits *= 2)
		x *= 2 - m * x;
	return (limb)0 - x;
}

void mont_settle(limb *r, const limb *t, limb top, const struct mont *mod)
{
	limb less = big_sub(r, t, mod->m, mod->n);

	big_pick(r, t, mod->n, limb_mask(less & (1 ^ top)));
}

void mont_reduce(limb *r, limb *t, const struct mont *mod)
{
	limb top = big_reduce(t, mod->m, mod->m0, mod->n);

	mont_settle(r, t + mod->n, top, mod);
}

static void any_mul(limb *r, const limb *a, const limb *b,
		    const struct mont *mod)
{
	limb t[2 * BIG_LIMBS];

	big_mul(t, a, b, mod->n);
	mont_reduce(r, t, mod);
	ct_wipe(t, 2 * mod->n * sizeof *t);
}

static void any_square(limb *r, const limb *a, const struct mont *mod)
{
	limb t[2 * BIG_LIMBS];

	big_square(t, a, mod->n);
	mont_reduce(r, t, mod);
	ct_wipe(t, 2 * mod->n * sizeof *t);
}

void mont_any_add(limb *r, const limb *a, const limb *b, const struct mont *mod)
{
	limb t[BIG_LIMBS];
	limb top = big_add(t, a, b, mod->n);

	mont_settle(r, t, top, mod);
}

void mont_any_sub(limb *r, const limb *a, const limb *b, const struct mont *mod)
{
	limb less = limb_mask(big_sub(r, a, b, mod->n)), carry = 0;

	for (size_t i = 0; i < mod->n; i++)
		r[i] = limb_add(r[i], mod->m[i] & less, &carry);
}

const struct mont_ops mont_any = { any_mul, mont_any_add, mont_any_sub,
				   any_square };

void mont_in(limb *r, const limb *a, const struct mont *mod)
{
	mont_mul(r, a, mod->rr, mod);
}

void mont_out(limb *r, const limb *a, const struct mont *mod)
{
	limb t[2 * BIG_LIMBS];

	big_zero(t + mod->n, mod->n);
	big_copy(t, a, mod->n);
	mont_reduce(r, t, mod);
	ct_wipe(t, 2 * mod->n * sizeof *t);
}

void mont_one(limb *r, const struct mont *mod)
{
	mont_out(r, mod->rr, mod);
}

/* 2^b is less than m and takes a few doublings to 2R, which is 2 in our form.
 * From there 2^(n * LIMB_BITS), which is R^2, by squaring and doubling along the
 * bits of n * LIMB_BITS.
 */
static void fill_rr(limb *rr, const struct mont *mod)
{
	size_t n = mod->n, at = big_bits(mod->m, n) - 1;
	size_t bits = n * LIMB_BITS, top = 1;

	big_zero(rr, n);
	rr[at / LIMB_BITS] = (limb)1 << at % LIMB_BITS;
	for (; at <= bits; at++)
		mont_add(rr, rr, rr, mod);
	while (top <= bits / 2)
		top *= 2;
	for (top /= 2; top > 0; top /= 2) {
		mont_square(rr, rr, mod);
		if (bits & top)
			mont_add(rr, rr, rr, mod);
	}
}

void mont_init(struct mont *mod, const limb *m, limb *rr, size_t n)
{
	*mod = (struct mont){ n, mont_m0(m[0]), m, rr, &mont_any };
	fill_rr(rr, mod);
}

/* r = table[which], by looking at all of them, a few limbs each at a time. */
static void look_up(limb *r, limb table[ENTRIES][MONT_LIMBS], limb which,
		    size_t n)
{
	for (size_t at = 0; at < n; at += AT_ONCE) {
		limb found[AT_ONCE] = { 0 };

		for (limb i = 0; i < ENTRIES; i++) {
			limb mask = limb_mask(limb_equal(i, which));

			for (size_t j = 0; j < AT_ONCE; j++)
				found[j] |= table[i][at + j] & mask;
		}
		for (size_t j = 0; j < AT_ONCE && at + j < n; j++)
			r[at + j] = found[j];
	}
}

static void plain_exp(limb *r, const limb *a, const limb *e,
		      const struct mont *mod)
{
	limb table[ENTRIES][MONT_LIMBS], x[MONT_LIMBS];
	size_t n = mod->n;

	mont_one(table[0], mod);
	for (size_t i = 1; i < ENTRIES; i++)
		mont_mul(table[i], table[i - 1], a, mod);
	mont_one(r, mod);
	big_zero(x, n);
	for (size_t at = n * LIMB_BITS; at > 0;) {
		at -= WINDOW;
		for (int i = 0; i < WINDOW; i++)
			mont_square(r, r, mod);
		look_up(x, table,
			e[at / LIMB_BITS] >> at % LIMB_BITS & (ENTRIES - 1), n);
		mont_mul(r, r, x, mod);
	}
	ct_wipe(table, sizeof table);
	ct_wipe(x, sizeof x);
}

void mont_exp(limb *r, const limb *a, const limb *e, const struct mont *mod)
{
	if (powers && mod->n == POWER_LIMBS)
		power_native(r, a, e, mod);
	else
		plain_exp(r, a, e, mod);
}

void mont_exp_public(limb *r, const limb *a, uint32_t e, const struct mont *mod)
{
	uint32_t bit = (uint32_t)1 << 31;

	while (!(e & bit))
		bit >>= 1;
	big_copy(r, a, mod->n);
	while (bit >>= 1) {
		mont_square(r, r, mod);
		if (e & bit)
			mont_mul(r, r, a, mod);
	}
}

void mont_invert(limb *r, const limb *a, const struct mont *mod)
{
	limb e[MONT_LIMBS], two[MONT_LIMBS] = { 2 };

	big_sub(e, mod->m, two, mod->n);
	mont_exp(r, a, e, mod);
	ct_wipe(e, sizeof e);
}
