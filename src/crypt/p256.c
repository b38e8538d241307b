#include "crypt/p256.h"
#include "crypt/ct.h"
#include "crypt/p256_base.h"

/* FIPS 186-5, SP 800-186 3.2.1.3; everything of the field in Montgomery's form. */
enum { N = LIMBS(256) };
static const limb prime[] = {
	LIMB_PUT(0xffffffff, 0xffffffff),
	LIMB_PUT(0x00000000, 0xffffffff),
	LIMB_PUT(0x00000000, 0x00000000),
	LIMB_PUT(0xffffffff, 0x00000001),
};
static const limb prime_rr[] = {
	LIMB_PUT(0x00000000, 0x00000003),
	LIMB_PUT(0xfffffffb, 0xffffffff),
	LIMB_PUT(0xffffffff, 0xfffffffe),
	LIMB_PUT(0x00000004, 0xfffffffd),
};
static const limb order[] = {
	LIMB_PUT(0xf3b9cac2, 0xfc632551),
	LIMB_PUT(0xbce6faad, 0xa7179e84),
	LIMB_PUT(0xffffffff, 0xffffffff),
	LIMB_PUT(0xffffffff, 0x00000000),
};
static const limb order_rr[] = {
	LIMB_PUT(0x83244c95, 0xbe79eea2),
	LIMB_PUT(0x4699799c, 0x49bd6fa6),
	LIMB_PUT(0x2845b239, 0x2b6bec59),
	LIMB_PUT(0x66e12d94, 0xf3d95620),
};
static const limb curve_b[] = {
	LIMB_PUT(0xd89cdf62, 0x29c4bddf),
	LIMB_PUT(0xacf005cd, 0x78843090),
	LIMB_PUT(0xe5a220ab, 0xf7212ed6),
	LIMB_PUT(0xdc30061d, 0x04874834),
};
static const limb gx[] = {
	LIMB_PUT(0x79e730d4, 0x18a9143c),
	LIMB_PUT(0x75ba95fc, 0x5fedb601),
	LIMB_PUT(0x79fb732b, 0x77622510),
	LIMB_PUT(0x18905f76, 0xa53755c6),
};
static const limb gy[] = {
	LIMB_PUT(0xddf25357, 0xce95560a),
	LIMB_PUT(0x8b4ab8e4, 0xba19e45c),
	LIMB_PUT(0xd2e88688, 0xdd21f325),
	LIMB_PUT(0x8571ff18, 0x25885d85),
};

/* ---- the field: everything of a fixed length, and -1 / prime is 1 ---- */

static inline void settle(limb *r, const limb *t, limb top, const limb *m)
{
	limb less = limb_rest(r, t, m, N);

	limb_move(r, t, limb_mask(less & (1 ^ top)), N);
}

/* t += t[0] * prime, whose lowest limb is -1: t[0] becomes zero and its carry is
 * what it was. 64-bit limbs of prime are -1, 2^32 - 1, 0 and prime[3].
 */
static inline limb reduce_row(limb *t)
{
	limb u = t[0], carry = 0;

	if (LIMB_BITS == 32)
		return limb_row(t, prime, u, N);
	t[1] = limb_muladd(t[1], u, prime[1] + 1, &carry);
	t[2] = limb_add(t[2], 0, &carry);
	t[3] = limb_muladd(t[3], u, prime[3], &carry);
	return carry;
}

static void field_mul(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb t[2 * N] = { 0 }, top = 0;

	(void)mod;
	for (size_t i = 0; i < N; i++)
		t[i + N] = limb_row(t + i, a, b[i], N);
	for (size_t i = 0; i < N; i++)
		t[i + N] = limb_add(t[i + N], reduce_row(t + i), &top);
	settle(r, t + N, top, prime);
}

static void field_add(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb t[N], top = limb_sum(t, a, b, N);

	(void)mod;
	settle(r, t, top, prime);
}

static void field_sub(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb less = limb_mask(limb_rest(r, a, b, N)), carry = 0;

	(void)mod;
	for (size_t i = 0; i < N; i++)
		r[i] = limb_add(r[i], prime[i] & less, &carry);
}

static void field_square(limb *r, const limb *a, const struct mont *mod)
{
	field_mul(r, a, a, mod);
}

/* ---- the order: of that length too, for the sake of speed ---- */

static void order_mul(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb t[2 * N] = { 0 }, top = 0;

	for (size_t i = 0; i < N; i++)
		t[i + N] = limb_row(t + i, a, b[i], N);
	for (size_t i = 0; i < N; i++)
		t[i + N] = limb_add(t[i + N],
				    limb_row(t + i, order, t[i] * mod->m0, N),
				    &top);
	settle(r, t + N, top, order);
}

static void order_square(limb *r, const limb *a, const struct mont *mod)
{
	order_mul(r, a, a, mod);
}

static const struct mont_ops field_ops = { field_mul, field_add, field_sub,
					   field_square };
static const struct mont_ops order_ops = { order_mul, mont_any_add,
					   mont_any_sub, order_square };
static struct mont field_mod = { N, 1, prime, prime_rr, &field_ops };
static struct mont order_mod = { N, (limb)0xccd1c8aaee00bc4f, order, order_rr,
				 &order_ops };

void p256_native(bool mulx)
{
	bool has = mulx && p256_field_native;

	field_mod.ops = has ? p256_field_native : &field_ops;
	order_mod.ops = has ? p256_order_native : &order_ops;
}

/* ---- multiples of the base point, by the comb ---- */

/* One bit of each quarter of k. */
static limb teeth(const limb *k, size_t at)
{
	limb bits = 0;

	for (size_t i = 0; i < P256_TEETH; i++) {
		size_t bit = at + i * P256_APART;

		bits |= (k[bit / LIMB_BITS] >> bit % LIMB_BITS & 1) << i;
	}
	return bits;
}

/* q = row[which - 1], by looking at all of them; none when which is 0. */
static void look_up(struct ec_point *q, const struct p256_entry *row,
		    limb which, const struct ec_point *none)
{
	limb some = 0;

	*q = *none;
	for (limb i = 0; i < P256_ENTRIES; i++) {
		limb mask = limb_mask(limb_equal(i + 1, which));

		some |= mask;
		limb_move(q->x, row[i].x, mask, N);
		limb_move(q->y, row[i].y, mask, N);
	}
	limb_move(q->z, none->y, some, N);
}

static void mul_base(struct ec_point *r, const limb *k,
		     const struct ec_curve *c)
{
	struct ec_point none, q;

	ec_none(&none, c);
	*r = none;
	for (size_t at = P256_STEP; at > 0;) {
		at--;
		ec_double(r, c);
		for (size_t i = 0; i < P256_COMBS; i++) {
			look_up(&q, p256_base[i], teeth(k, at + i * P256_STEP),
				&none);
			ec_add(r, r, &q, c);
		}
	}
	ct_wipe(&q, sizeof q);
}

const struct ec_curve ec_p256 = { 32, &field_mod, &order_mod, curve_b,
				  gx, gy,         mul_base };
