#include "crypt/big.h"

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
	return limb_rest(r, a, b, n);
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

/* r = a * b; what passes over. */
static limb first_row(limb *r, const limb *a, limb b, size_t n)
{
	limb carry = 0;

	for (size_t i = 0; i < n; i++)
		r[i] = limb_muladd(0, a[i], b, &carry);
	return carry;
}

void big_mul(limb *r, const limb *a, const limb *b, size_t n)
{
	r[n] = first_row(r, a, b[0], n);
	for (size_t i = 1; i < n; i++)
		r[i + n] = limb_row(r + i, a, b[i], n);
}

/* Each product of two different limbs once, all that twice, and the squares. */
void big_square(limb *r, const limb *a, size_t n)
{
	limb carry = 0, over = 0;

	r[0] = 0;
	r[n] = first_row(r + 1, a + 1, a[0], n - 1);
	for (size_t i = 1; i + 1 < n; i++)
		r[i + n] = limb_row(r + 2 * i + 1, a + i + 1, a[i], n - i - 1);
	r[2 * n - 1] = 0;
	for (size_t i = 0; i < n; i++) {
		limb lo = r[2 * i], hi = r[2 * i + 1];

		r[2 * i] = limb_muladd(lo << 1 | over, a[i], a[i], &carry);
		r[2 * i + 1] =
			limb_add(hi << 1 | lo >> (LIMB_BITS - 1), 0, &carry);
		over = hi >> (LIMB_BITS - 1);
	}
}

size_t big_bits(const limb *a, size_t n)
{
	size_t bits = n * LIMB_BITS;

	while (bits > 0 &&
	       (a[(bits - 1) / LIMB_BITS] >> (bits - 1) % LIMB_BITS & 1) == 0)
		bits--;
	return bits;
}
