#include "crypt/bitslice.h"
#include "crypt/words.h"

/* ---- in and out ---- */

/* Bytes a b c d as a 0 b 0 c 0 d 0, the least first; and back. */
static uint64_t spread(uint64_t x)
{
	x = (x | x << 16) & 0x0000ffff0000ffff;
	return (x | x << 8) & 0x00ff00ff00ff00ff;
}

static uint32_t gather(uint64_t x)
{
	x &= 0x00ff00ff00ff00ff;
	x = (x | x >> 8) & 0x0000ffff0000ffff;
	return (uint32_t)(x | x >> 16);
}

/* The bits of a that the mask leaves out change places with those of b that it
 * has, n lower.
 */
static inline void swap(uint64_t *a, uint64_t *b, unsigned n, uint64_t mask)
{
	uint64_t t = (*a >> n ^ *b) & mask;

	*b ^= t;
	*a ^= t << n;
}

/* Eight times eight bits change rows for columns, in each byte of the words. */
static void transpose(uint64_t q[8])
{
	for (unsigned i = 0; i < 8; i += 2)
		swap(q + i, q + i + 1, 1, 0x5555555555555555);
	for (unsigned i = 0; i < 8; i += i % 4 ? 3 : 1)
		swap(q + i, q + i + 2, 2, 0x3333333333333333);
	for (unsigned i = 0; i < 4; i++)
		swap(q + i, q + i + 4, 4, 0x0f0f0f0f0f0f0f0f);
}

/* Word b takes columns 0 and 2 of block b, word b + 4 the others. */
void bitslice_in(uint64_t q[8], const uint8_t four[BITSLICE_BYTES])
{
	for (unsigned b = 0; b < 4; b++, four += 16) {
		q[b] = spread(load32_le(four)) | spread(load32_le(four + 8))
							 << 8;
		q[b + 4] = spread(load32_le(four + 4)) |
			   spread(load32_le(four + 12)) << 8;
	}
	transpose(q);
}

void bitslice_out(uint8_t four[BITSLICE_BYTES], uint64_t q[8])
{
	transpose(q);
	for (unsigned b = 0; b < 4; b++, four += 16) {
		store32_le(four, gather(q[b]));
		store32_le(four + 4, gather(q[b + 4]));
		store32_le(four + 8, gather(q[b] >> 8));
		store32_le(four + 12, gather(q[b + 4] >> 8));
	}
}

/* ---- the steps of a round ---- */

/* The S-box as the circuit of Boyar and Peralta (2011): a linear layer, the
 * inversion in GF(2^4)^2, a linear layer; 32 AND, 81 XOR and 4 NOT. Names are
 * those of their paper; x0 and s0 are the highest bits.
 */
void bitslice_sub(uint64_t q[8])
{
	uint64_t x0 = q[7], x1 = q[6], x2 = q[5], x3 = q[4], x4 = q[3];
	uint64_t x5 = q[2], x6 = q[1], x7 = q[0];

	uint64_t y14 = x3 ^ x5, y13 = x0 ^ x6, y9 = x0 ^ x3, y8 = x0 ^ x5;
	uint64_t t0 = x1 ^ x2, y1 = t0 ^ x7, y4 = y1 ^ x3, y12 = y13 ^ y14;
	uint64_t y2 = y1 ^ x0, y5 = y1 ^ x6, y3 = y5 ^ y8, t1 = x4 ^ y12;
	uint64_t y15 = t1 ^ x5, y20 = t1 ^ x1, y6 = y15 ^ x7, y10 = y15 ^ t0;
	uint64_t y11 = y20 ^ y9, y7 = x7 ^ y11, y17 = y10 ^ y11;
	uint64_t y19 = y10 ^ y8, y16 = t0 ^ y11, y21 = y13 ^ y16;
	uint64_t y18 = x0 ^ y16;

	uint64_t t2 = y12 & y15, t4 = (y3 & y6) ^ t2, t6 = (y4 & x7) ^ t2;
	uint64_t t7 = y13 & y16, t9 = (y5 & y1) ^ t7, t11 = (y2 & y7) ^ t7;
	uint64_t t12 = y9 & y11, t14 = (y14 & y17) ^ t12;
	uint64_t t16 = (y8 & y10) ^ t12, t21 = t4 ^ t14 ^ y20;
	uint64_t t22 = t6 ^ t16 ^ y19, t23 = t9 ^ t14 ^ y21;
	uint64_t t24 = t11 ^ t16 ^ y18, t25 = t21 ^ t22, t26 = t21 & t23;
	uint64_t t27 = t24 ^ t26, t29 = (t25 & t27) ^ t22, t30 = t23 ^ t24;
	uint64_t t31 = t22 ^ t26, t33 = (t31 & t30) ^ t24, t34 = t23 ^ t33;
	uint64_t t35 = t27 ^ t33, t36 = t24 & t35, t37 = t36 ^ t34;
	uint64_t t38 = t27 ^ t36, t40 = t25 ^ (t29 & t38), t41 = t40 ^ t37;
	uint64_t t42 = t29 ^ t33, t43 = t29 ^ t40, t44 = t33 ^ t37;
	uint64_t t45 = t42 ^ t41;

	uint64_t z0 = t44 & y15, z1 = t37 & y6, z2 = t33 & x7, z3 = t43 & y16;
	uint64_t z4 = t40 & y1, z5 = t29 & y7, z6 = t42 & y11, z7 = t45 & y17;
	uint64_t z8 = t41 & y10, z9 = t44 & y12, z10 = t37 & y3;
	uint64_t z11 = t33 & y4, z12 = t43 & y13, z13 = t40 & y5;
	uint64_t z14 = t29 & y2, z15 = t42 & y9, z16 = t45 & y14;
	uint64_t z17 = t41 & y8;

	uint64_t t46 = z15 ^ z16, t47 = z10 ^ z11, t48 = z5 ^ z13;
	uint64_t t49 = z9 ^ z10, t50 = z2 ^ z12, t51 = z2 ^ z5, t52 = z7 ^ z8;
	uint64_t t53 = z0 ^ z3, t54 = z6 ^ z7, t55 = z16 ^ z17;
	uint64_t t56 = z12 ^ t48, t57 = t50 ^ t53, t58 = z4 ^ t46;
	uint64_t t59 = z3 ^ t54, t60 = t46 ^ t57, t61 = z14 ^ t57;
	uint64_t t62 = t52 ^ t58, t63 = t49 ^ t58, t64 = z4 ^ t59;
	uint64_t t65 = t61 ^ t62, t66 = z1 ^ t63, s3 = t53 ^ t66;

	q[7] = t59 ^ t63;
	q[6] = t64 ^ ~s3;
	q[5] = t55 ^ ~(t64 ^ t65);
	q[4] = s3;
	q[3] = t51 ^ t66;
	q[2] = t47 ^ t65;
	q[1] = t56 ^ ~t62;
	q[0] = t48 ^ ~t60;
}

void bitslice_rows(uint64_t q[8])
{
	for (unsigned i = 0; i < 8; i++) {
		uint64_t x = q[i];

		q[i] = (x & 0x000000000000ffff) |
		       (x >> 4 & 0x000000000fff0000) |
		       (x << 12 & 0x00000000f0000000) |
		       (x >> 8 & 0x000000ff00000000) |
		       (x << 8 & 0x0000ff0000000000) |
		       (x >> 12 & 0x000f000000000000) |
		       (x << 4 & 0xfff0000000000000);
	}
}

/* Of a column a, b, c, d (a any row, then those below it, around) a becomes
 * 2 (a + b) + b + c + d; twice is a shift by one word, less 0x11b.
 */
void bitslice_columns(uint64_t q[8])
{
	uint64_t below[8], pair[8];

	for (unsigned i = 0; i < 8; i++) {
		below[i] = rotr64(q[i], 16);
		pair[i] = q[i] ^ below[i];
	}
	for (unsigned i = 0; i < 8; i++)
		q[i] = below[i] ^ rotr64(pair[i], 32) ^ pair[(i + 7) % 8];
	q[1] ^= pair[7];
	q[3] ^= pair[7];
	q[4] ^= pair[7];
}
