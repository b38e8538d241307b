#include "crypt/ec.h"
#include "crypt/ct.h"

enum { WINDOW = 4, ENTRIES = 1 << WINDOW };

/* ---- the formulas, as programs over registers ---- */

enum { X1, Y1, Z1, X2, Y2, Z2, X3, Y3, Z3, T0, T1, T2, T3, T4, B, REGISTERS };
enum { MUL, ADD, SUB };

struct step {
	uint8_t op, to, a, b;
};

/* Algorithm 4: (X3 : Y3 : Z3) is the sum. */
static const struct step adding[] = {
	{ MUL, T0, X1, X2 }, { MUL, T1, Y1, Y2 }, { MUL, T2, Z1, Z2 },
	{ ADD, T3, X1, Y1 }, { ADD, T4, X2, Y2 }, { MUL, T3, T3, T4 },
	{ ADD, T4, T0, T1 }, { SUB, T3, T3, T4 }, { ADD, T4, Y1, Z1 },
	{ ADD, X3, Y2, Z2 }, { MUL, T4, T4, X3 }, { ADD, X3, T1, T2 },
	{ SUB, T4, T4, X3 }, { ADD, X3, X1, Z1 }, { ADD, Y3, X2, Z2 },
	{ MUL, X3, X3, Y3 }, { ADD, Y3, T0, T2 }, { SUB, Y3, X3, Y3 },
	{ MUL, Z3, B, T2 },  { SUB, X3, Y3, Z3 }, { ADD, Z3, X3, X3 },
	{ ADD, X3, X3, Z3 }, { SUB, Z3, T1, X3 }, { ADD, X3, T1, X3 },
	{ MUL, Y3, B, Y3 },  { ADD, T1, T2, T2 }, { ADD, T2, T1, T2 },
	{ SUB, Y3, Y3, T2 }, { SUB, Y3, Y3, T0 }, { ADD, T1, Y3, Y3 },
	{ ADD, Y3, T1, Y3 }, { ADD, T1, T0, T0 }, { ADD, T0, T1, T0 },
	{ SUB, T0, T0, T2 }, { MUL, T1, T4, Y3 }, { MUL, T2, T0, Y3 },
	{ MUL, Y3, X3, Z3 }, { ADD, Y3, Y3, T2 }, { MUL, X3, T3, X3 },
	{ SUB, X3, X3, T1 }, { MUL, Z3, T4, Z3 }, { MUL, T1, T3, T0 },
	{ ADD, Z3, Z3, T1 },
};

/* Algorithm 6: twice (X1 : Y1 : Z1). */
static const struct step doubling[] = {
	{ MUL, T0, X1, X1 }, { MUL, T1, Y1, Y1 }, { MUL, T2, Z1, Z1 },
	{ MUL, T3, X1, Y1 }, { ADD, T3, T3, T3 }, { MUL, Z3, X1, Z1 },
	{ ADD, Z3, Z3, Z3 }, { MUL, Y3, B, T2 },  { SUB, Y3, Y3, Z3 },
	{ ADD, X3, Y3, Y3 }, { ADD, Y3, X3, Y3 }, { SUB, X3, T1, Y3 },
	{ ADD, Y3, T1, Y3 }, { MUL, Y3, X3, Y3 }, { MUL, X3, X3, T3 },
	{ ADD, T3, T2, T2 }, { ADD, T2, T2, T3 }, { MUL, Z3, B, Z3 },
	{ SUB, Z3, Z3, T2 }, { SUB, Z3, Z3, T0 }, { ADD, T3, Z3, Z3 },
	{ ADD, Z3, Z3, T3 }, { ADD, T3, T0, T0 }, { ADD, T0, T3, T0 },
	{ SUB, T0, T0, T2 }, { MUL, T0, T0, Z3 }, { ADD, Y3, Y3, T0 },
	{ MUL, T0, Y1, Z1 }, { ADD, T0, T0, T0 }, { MUL, Z3, T0, Z3 },
	{ SUB, X3, X3, Z3 }, { MUL, Z3, T0, T1 }, { ADD, Z3, Z3, Z3 },
	{ ADD, Z3, Z3, Z3 },
};

/* (X : Y : Z) with x = X / Z to Jacobian coordinates, x = X / Z^2, y = Y / Z^3, in
 * place; twice there, which takes 8 products in place of 13; and back, but for
 * none, which is left as zeros.
 */
static const struct step to_jacobian[] = {
	{ MUL, T0, Z1, Z1 },
	{ MUL, X1, X1, Z1 },
	{ MUL, Y1, Y1, T0 },
};

static const struct step jacobian[] = {
	{ MUL, T0, Z1, Z1 }, { MUL, T1, Y1, Y1 }, { MUL, T2, X1, T1 },
	{ SUB, T3, X1, T0 }, { ADD, T4, X1, T0 }, { MUL, T3, T3, T4 },
	{ ADD, T4, T3, T3 }, { ADD, T3, T3, T4 }, { MUL, Z1, Y1, Z1 },
	{ ADD, Z1, Z1, Z1 }, { ADD, T2, T2, T2 }, { ADD, T2, T2, T2 },
	{ MUL, X1, T3, T3 }, { SUB, X1, X1, T2 }, { SUB, X1, X1, T2 },
	{ SUB, T2, T2, X1 }, { MUL, Y1, T3, T2 }, { ADD, T1, T1, T1 },
	{ MUL, T1, T1, T1 }, { ADD, T1, T1, T1 }, { SUB, Y1, Y1, T1 },
};

static const struct step from_jacobian[] = {
	{ MUL, X3, X1, Z1 }, { MUL, T0, Z1, Z1 }, { MUL, Z3, T0, Z1 },
	{ ADD, Y3, Y1, B },  { SUB, Y3, Y3, B },
};

/* y^2 and x^3 - 3x + b, in Y2 and X2, of (X1, Y1). */
static const struct step equation[] = {
	{ MUL, Y2, Y1, Y1 }, { MUL, X2, X1, X1 }, { MUL, X2, X2, X1 },
	{ SUB, X2, X2, X1 }, { SUB, X2, X2, X1 }, { SUB, X2, X2, X1 },
	{ ADD, X2, X2, B },
};

struct program {
	const struct ec_curve *curve;
	limb reg[REGISTERS][EC_LIMBS];
};

static void set(struct program *p, int at, const struct ec_point *from)
{
	big_copy(p->reg[at], from->x, p->curve->field->n);
	big_copy(p->reg[at + 1], from->y, p->curve->field->n);
	big_copy(p->reg[at + 2], from->z, p->curve->field->n);
}

static void run(struct program *p, const struct step *steps, size_t n)
{
	const struct mont *field = p->curve->field;
	void (*const by[])(limb * r, const limb *a, const limb *b,
			   const struct mont *mod) = { field->ops->mul,
						       field->ops->add,
						       field->ops->sub };

	big_copy(p->reg[B], p->curve->b, field->n);
	for (const struct step *s = steps; s < steps + n; s++)
		by[s->op](p->reg[s->to], p->reg[s->a], p->reg[s->b], field);
}

static void get(struct ec_point *to, struct program *p)
{
	big_copy(to->x, p->reg[X3], p->curve->field->n);
	big_copy(to->y, p->reg[Y3], p->curve->field->n);
	big_copy(to->z, p->reg[Z3], p->curve->field->n);
}

void ec_add(struct ec_point *r, const struct ec_point *p,
	    const struct ec_point *q, const struct ec_curve *c)
{
	struct program sum;

	sum.curve = c;
	set(&sum, X1, p);
	set(&sum, X2, q);
	run(&sum, adding, COUNT(adding));
	get(r, &sum);
}

void ec_double(struct ec_point *r, const struct ec_curve *c)
{
	struct program twice;

	twice.curve = c;
	set(&twice, X1, r);
	run(&twice, doubling, COUNT(doubling));
	get(r, &twice);
}

/* r doubled so many times, none standing for what is none. */
static void double_often(struct ec_point *r, const struct ec_point *none,
			 int times, const struct ec_curve *c)
{
	struct program p;
	limb zero = limb_mask(big_none(r->z, c->field->n));

	p.curve = c;
	set(&p, X1, r);
	run(&p, to_jacobian, COUNT(to_jacobian));
	while (times-- > 0)
		run(&p, jacobian, COUNT(jacobian));
	run(&p, from_jacobian, COUNT(from_jacobian));
	get(r, &p);
	big_pick(r->y, none->y, c->field->n, zero);
}

/* ---- points ---- */

void ec_none(struct ec_point *r, const struct ec_curve *c)
{
	*r = (struct ec_point){ .x = { 0 } };
	mont_one(r->y, c->field);
}

/* A coordinate into the field's form; false: it is not below the prime. */
static bool load_coordinate(limb *r, struct bytes b, const struct mont *field)
{
	big_load(r, field->n, b);
	if (!big_less(r, field->m, field->n))
		return false;
	mont_in(r, r, field);
	return true;
}

bool ec_load(struct ec_point *p, struct bytes b, const struct ec_curve *c)
{
	struct program check;
	const struct mont *field = c->field;

	if (b.n != 1 + 2 * c->bytes || b.p[0] != 4 ||
	    !load_coordinate(p->x, (struct bytes){ b.p + 1, c->bytes },
			     field) ||
	    !load_coordinate(p->y,
			     (struct bytes){ b.p + 1 + c->bytes, c->bytes },
			     field))
		return false;
	mont_one(p->z, field);
	check.curve = c;
	set(&check, X1, p);
	run(&check, equation, COUNT(equation));
	return big_equal(check.reg[X2], check.reg[Y2], field->n);
}

static bool store_coordinate(uint8_t *to, const limb *x, const limb *z,
			     const struct ec_curve *c)
{
	limb r[EC_LIMBS], none = big_none(z, c->field->n);

	mont_invert(r, z, c->field);
	mont_mul(r, r, x, c->field);
	mont_out(r, r, c->field);
	big_store((struct span){ to, c->bytes }, r, c->field->n);
	ct_wipe(r, sizeof r);
	return !none;
}

bool ec_store_x(uint8_t *to, const struct ec_point *p, const struct ec_curve *c)
{
	return store_coordinate(to, p->x, p->z, c);
}

bool ec_store(uint8_t *to, const struct ec_point *p, const struct ec_curve *c)
{
	to[0] = 4;
	return ec_store_x(to + 1, p, c) &&
	       store_coordinate(to + 1 + c->bytes, p->y, p->z, c);
}

/* ---- times a scalar ---- */

/* r = table[which], by looking at all of them. */
static void look_up(struct ec_point *r, const struct ec_point table[ENTRIES],
		    limb which, size_t n)
{
	for (limb i = 0; i < ENTRIES; i++) {
		limb mask = limb_mask(limb_equal(i, which));

		big_pick(r->x, table[i].x, n, mask);
		big_pick(r->y, table[i].y, n, mask);
		big_pick(r->z, table[i].z, n, mask);
	}
}

void ec_mul(struct ec_point *r, const limb *k, const struct ec_point *p,
	    const struct ec_curve *c)
{
	struct ec_point table[ENTRIES], q = { .x = { 0 } };

	ec_none(&table[0], c);
	for (size_t i = 1; i < ENTRIES; i++)
		ec_add(&table[i], &table[i - 1], p, c);
	ec_none(r, c);
	for (size_t at = c->order->n * LIMB_BITS; at > 0;) {
		at -= WINDOW;
		double_often(r, &table[0], WINDOW, c);
		look_up(&q, table,
			k[at / LIMB_BITS] >> at % LIMB_BITS & (ENTRIES - 1),
			c->field->n);
		ec_add(r, r, &q, c);
	}
	ct_wipe(table, sizeof table);
	ct_wipe(&q, sizeof q);
}

void ec_mul_any_base(struct ec_point *r, const limb *k,
		     const struct ec_curve *c)
{
	struct ec_point g;

	big_copy(g.x, c->gx, c->field->n);
	big_copy(g.y, c->gy, c->field->n);
	mont_one(g.z, c->field);
	ec_mul(r, k, &g, c);
}

bool ec_scalar(limb *k, struct bytes b, const struct ec_curve *c)
{
	const struct mont *order = c->order;

	return b.n == c->bytes && big_load(k, order->n, b) &&
	       (big_less(k, order->m, order->n) & ~big_none(k, order->n));
}

bool ec_public(uint8_t *to, struct bytes scalar, const struct ec_curve *c)
{
	struct ec_point p;
	limb k[EC_LIMBS];
	bool good = ec_scalar(k, scalar, c);

	if (good) {
		c->mul_base(&p, k, c);
		good = ec_store(to, &p, c);
	}
	ct_wipe(k, sizeof k);
	return good;
}

bool ec_shared(uint8_t *to, struct bytes scalar, struct bytes point,
	       const struct ec_curve *c)
{
	struct ec_point p;
	limb k[EC_LIMBS];
	bool good = ec_load(&p, point, c) && ec_scalar(k, scalar, c);

	if (good) {
		ec_mul(&p, k, &p, c);
		good = ec_store_x(to, &p, c);
	}
	ct_wipe(k, sizeof k);
	ct_wipe(&p, sizeof p);
	return good;
}
