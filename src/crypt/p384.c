#include "crypt/ec.h"

/* FIPS 186-5, SP 800-186 3.2.1.4; everything of the field in Montgomery's form. */
static const limb prime[] = {
	LIMB_PUT(0x00000000, 0xffffffff), LIMB_PUT(0xffffffff, 0x00000000),
	LIMB_PUT(0xffffffff, 0xfffffffe), LIMB_PUT(0xffffffff, 0xffffffff),
	LIMB_PUT(0xffffffff, 0xffffffff), LIMB_PUT(0xffffffff, 0xffffffff),
};
static const limb prime_rr[] = {
	LIMB_PUT(0xfffffffe, 0x00000001), LIMB_PUT(0x00000002, 0x00000000),
	LIMB_PUT(0xfffffffe, 0x00000000), LIMB_PUT(0x00000002, 0x00000000),
	LIMB_PUT(0x00000000, 0x00000001), LIMB_PUT(0x00000000, 0x00000000),
};
static const limb order[] = {
	LIMB_PUT(0xecec196a, 0xccc52973), LIMB_PUT(0x581a0db2, 0x48b0a77a),
	LIMB_PUT(0xc7634d81, 0xf4372ddf), LIMB_PUT(0xffffffff, 0xffffffff),
	LIMB_PUT(0xffffffff, 0xffffffff), LIMB_PUT(0xffffffff, 0xffffffff),
};
static const limb order_rr[] = {
	LIMB_PUT(0x2d319b24, 0x19b409a9), LIMB_PUT(0xff3d81e5, 0xdf1aa419),
	LIMB_PUT(0xbc3e483a, 0xfcb82947), LIMB_PUT(0xd40d4917, 0x4aab1cc5),
	LIMB_PUT(0x3fb05b7a, 0x28266895), LIMB_PUT(0x0c84ee01, 0x2b39bf21),
};
static const limb curve_b[] = {
	LIMB_PUT(0x08118871, 0x9d412dcc), LIMB_PUT(0xf729add8, 0x7a4c32ec),
	LIMB_PUT(0x77f2209b, 0x1920022e), LIMB_PUT(0xe3374bee, 0x94938ae2),
	LIMB_PUT(0xb62b21f4, 0x1f022094), LIMB_PUT(0xcd08114b, 0x604fbff9),
};
static const limb gx[] = {
	LIMB_PUT(0x3dd07566, 0x49c0b528), LIMB_PUT(0x20e378e2, 0xa0d6ce38),
	LIMB_PUT(0x879c3afc, 0x541b4d6e), LIMB_PUT(0x64548684, 0x59a30eff),
	LIMB_PUT(0x812ff723, 0x614ede2b), LIMB_PUT(0x4d3aadc2, 0x299e1513),
};
static const limb gy[] = {
	LIMB_PUT(0x23043dad, 0x4b03a4fe), LIMB_PUT(0xa1bfa8bf, 0x7bb4a9ac),
	LIMB_PUT(0x8bade756, 0x2e83b050), LIMB_PUT(0xc6c35219, 0x68f4ffd9),
	LIMB_PUT(0xdd800226, 0x3969a840), LIMB_PUT(0x2b78abc2, 0x5a15c5e9),
};

static const struct mont field_mod = { EC_LIMBS, (limb)0x0000000100000001,
				       prime, prime_rr, &mont_any };
static const struct mont order_mod = { EC_LIMBS, (limb)0x6ed46089e88fdc45,
				       order, order_rr, &mont_any };

const struct ec_curve ec_p384 = { 48, &field_mod, &order_mod,     curve_b,
				  gx, gy,         ec_mul_any_base };
