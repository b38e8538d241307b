/* ec - curves y^2 = x^3 - 3x + b over prime fields, with prime order: P-256 and
 * P-384 (FIPS 186-5, SP 800-186).
 *
 * One formula adds any two points, equal, opposite or none (Renes, Costello,
 * Batina 2015, algorithms 4 and 6), so that no case betrays a scalar. Points are
 * (X : Y : Z), x = X / Z, in Montgomery's form; none is (0 : 1 : 0).
 */
#ifndef NAT_CRYPT_EC_H
#define NAT_CRYPT_EC_H

#include "crypt/mont.h"

enum {
	EC_BYTES = 48,
	EC_LIMBS = LIMBS(384),
	EC_POINT = 1 + 2 * EC_BYTES /* most bytes of a point */
};

struct ec_point {
	limb x[EC_LIMBS], y[EC_LIMBS], z[EC_LIMBS];
};

struct ec_curve {
	size_t bytes; /* of a coordinate, and of a scalar */
	const struct mont *field, *order;
	const limb *b, *gx, *gy; /* in the field's form */
	/* k times the point whose order is order->m */
	void (*mul_base)(struct ec_point *r, const limb *k,
			 const struct ec_curve *c);
};

extern const struct ec_curve ec_p256, ec_p384;

/* SEC 1 2.3.4, without compression: false when b is no point of the curve. */
bool ec_load(struct ec_point *p, struct bytes b, const struct ec_curve *c);

/* 04 x y, 1 + 2 * bytes, or x alone; false, and zeros: p is none. */
bool ec_store(uint8_t *to, const struct ec_point *p, const struct ec_curve *c);
bool ec_store_x(uint8_t *to, const struct ec_point *p,
		const struct ec_curve *c);

/* Constant time in k, of order->n limbs. r may be p or q. */
void ec_mul(struct ec_point *r, const limb *k, const struct ec_point *p,
	    const struct ec_curve *c);
void ec_add(struct ec_point *r, const struct ec_point *p,
	    const struct ec_point *q, const struct ec_curve *c);
void ec_double(struct ec_point *r, const struct ec_curve *c);
void ec_none(struct ec_point *r, const struct ec_curve *c);

/* ec_mul of the base point, for curves without a table of it. */
void ec_mul_any_base(struct ec_point *r, const limb *k,
		     const struct ec_curve *c);

/* A secret scalar: bytes long, 1 to order - 1. False: it is none. */
bool ec_scalar(limb *k, struct bytes b, const struct ec_curve *c);

/* The public point of a scalar, as ec_store. False: no scalar. */
bool ec_public(uint8_t *to, struct bytes scalar, const struct ec_curve *c);

/* ECDH (SP 800-56A 5.7.1.2): x of scalar times the other's point, c->bytes long.
 * False: no point of the curve, or no scalar.
 */
bool ec_shared(uint8_t *to, struct bytes scalar, struct bytes point,
	       const struct ec_curve *c);

#endif
