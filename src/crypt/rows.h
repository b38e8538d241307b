/* rows - products of long numbers, row by row, and what a processor has for rows
 * beyond C. Constant time in the numbers; how long they are is public.
 *
 * The loops are written once, for whatever adds a row: limb_row, or that of
 * rows_x86.c. One of rows_x86.c and rows_none.c is compiled.
 */
#ifndef NAT_CRYPT_ROWS_H
#define NAT_CRYPT_ROWS_H

#include "crypt/limb.h"

struct rows {
	/* r = a - b; the borrow. r may be a or b. */
	limb (*sub)(limb *r, const limb *a, const limb *b, size_t n);
	/* r of 2n limbs, apart from a and b. */
	void (*mul)(limb *r, const limb *a, const limb *b, size_t n);
	void (*square)(limb *r, const limb *a, size_t n);
	/* Adds to r such a multiple of m that the lower n limbs become zero, m0
	 * being -1 / m; what passes over.
	 */
	limb (*reduce)(limb *r, const limb *m, limb m0, size_t n);
};

/* By what os/cpu's cpu_has_mulx says is there; NULL: not on this kind. */
extern const struct rows *const rows_native;

/* ---- the loops; row is as limb_row ---- */

typedef limb rows_add(limb *r, const limb *a, limb b, size_t n);

static inline void rows_mul(limb *r, const limb *a, const limb *b, size_t n,
			    rows_add *row)
{
	memset(r, 0, n * sizeof(*r));
	for (size_t i = 0; i < n; i++)
		r[i + n] = row(r + i, a, b[i], n);
}

/* Each product of two different limbs once, all that twice, and the squares. */
static inline void rows_square(limb *r, const limb *a, size_t n, rows_add *row)
{
	limb carry = 0, over = 0;

	memset(r, 0, 2 * n * sizeof(*r));
	for (size_t i = 0; i + 1 < n; i++)
		r[i + n] = row(r + 2 * i + 1, a + i + 1, a[i], n - i - 1);
	for (size_t i = 0; i < n; i++) {
		limb lo = r[2 * i], hi = r[2 * i + 1];

		r[2 * i] = limb_muladd(lo << 1 | over, a[i], a[i], &carry);
		r[2 * i + 1] =
			limb_add(hi << 1 | lo >> (LIMB_BITS - 1), 0, &carry);
		over = hi >> (LIMB_BITS - 1);
	}
}

static inline limb rows_reduce(limb *r, const limb *m, limb m0, size_t n,
			       rows_add *row)
{
	limb top = 0;

	for (size_t i = 0; i < n; i++) {
		limb carry = row(r + i, m, r[i] * m0, n);

		r[i + n] = limb_add(r[i + n], carry, &top);
	}
	return top;
}

#endif
