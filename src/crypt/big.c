#include "crypt/big.h"
#include "crypt/rows.h"

/* ---- rows, in plain C ---- */

static limb plain_sub(limb *r, const limb *a, const limb *b, size_t n)
{
	return limb_rest(r, a, b, n);
}

static void plain_mul(limb *r, const limb *a, const limb *b, size_t n)
{
	rows_mul(r, a, b, n, limb_row);
}

static void plain_square(limb *r, const limb *a, size_t n)
{
	rows_square(r, a, n, limb_row);
}

static limb plain_reduce(limb *r, const limb *m, limb m0, size_t n)
{
	return rows_reduce(r, m, m0, n, limb_row);
}

static const struct rows plain = { plain_sub, plain_mul, plain_square,
				   plain_reduce };

/* What big_native was told. */
static const struct rows *rows = &plain;

void big_native(bool mulx)
{
	rows = mulx && rows_native ? rows_native : &plain;
}

/* ---- numbers ---- */

bool big_load(limb *r, size_t n, struct bytes b)
{
	uint8_t over = 0;

	big_zero(r, n);
	for (size_t i = 0; i < b.n; i++) {
		size_t at = i / LIMB_BYTES;
		uint8_t byte = b.p[b.n - 1 - i];

		if (at < n)
			r[at] |= (limb)byte << 8 * (i % LIMB_BYTES);
		else
			over |= byte;
	}
	return over == 0;
}

void big_store(struct span to, const limb *a, size_t n)
{
	for (size_t i = 0; i < to.n; i++) {
		size_t at = i / LIMB_BYTES;
		limb l = at < n ? a[at] : 0;

		to.p[to.n - 1 - i] = (uint8_t)(l >> 8 * (i % LIMB_BYTES));
	}
}

void big_zero(limb *r, size_t n)
{
	memset(r, 0, n * sizeof(*r));
}

void big_copy(limb *r, const limb *a, size_t n)
{
	memmove(r, a, n * sizeof(*r));
}

limb big_add(limb *r, const limb *a, const limb *b, size_t n)
{
	return limb_sum(r, a, b, n);
}

limb big_sub(limb *r, const limb *a, const limb *b, size_t n)
{
	return rows->sub(r, a, b, n);
}

limb big_less(const limb *a, const limb *b, size_t n)
{
	limb carry = 0;

	for (size_t i = 0; i < n; i++)
		limb_sub(a[i], b[i], &carry);
	return carry;
}

limb big_equal(const limb *a, const limb *b, size_t n)
{
	limb diff = 0;

	for (size_t i = 0; i < n; i++)
		diff |= a[i] ^ b[i];
	return limb_zero(diff);
}

limb big_none(const limb *a, size_t n)
{
	limb any = 0;

	for (size_t i = 0; i < n; i++)
		any |= a[i];
	return limb_zero(any);
}

void big_pick(limb *r, const limb *a, size_t n, limb mask)
{
	limb_move(r, a, mask, n);
}

void big_mul(limb *r, const limb *a, const limb *b, size_t n)
{
	rows->mul(r, a, b, n);
}

void big_square(limb *r, const limb *a, size_t n)
{
	rows->square(r, a, n);
}

limb big_reduce(limb *t, const limb *m, limb m0, size_t n)
{
	return rows->reduce(t, m, m0, n);
}

size_t big_bits(const limb *a, size_t n)
{
	size_t bits = n * LIMB_BITS;

	while (bits > 0 &&
	       (a[(bits - 1) / LIMB_BITS] >> (bits - 1) % LIMB_BITS & 1) == 0)
		bits--;
	return bits;
}
