#include "crypt/x25519.h"
#include "crypt/big.h"
#include "crypt/ct.h"

/* Numbers modulo p = 2^255 - 19 in 256 bits, not always below p: since 2^256 is
 * 38 there, what passes over comes back 38 times. */
enum { N = LIMBS(256), OVER = 38 };

/* Over is at most 38: its product passes over at most once more. */
static void fold(limb *r, limb over)
{
	for (int i = 0; i < 2; i++) {
		limb carry = OVER * over;

		for (size_t j = 0; j < N; j++)
			r[j] = limb_add(r[j], 0, &carry);
		over = carry;
	}
}

static void add(limb *r, const limb *a, const limb *b)
{
	fold(r, limb_sum(r, a, b, N));
}

static void sub(limb *r, const limb *a, const limb *b)
{
	limb less = limb_rest(r, a, b, N);

	for (int i = 0; i < 2; i++) {
		limb carry = OVER * less;

		for (size_t j = 0; j < N; j++)
			r[j] = limb_sub(r[j], 0, &carry);
		less = carry;
	}
}

static void mul(limb *r, const limb *a, const limb *b)
{
	limb t[2 * N] = { 0 };

	for (size_t i = 0; i < N; i++)
		t[i + N] = limb_row(t + i, a, b[i], N);
	fold(t, limb_row(t, t + N, OVER, N));
	memcpy(r, t, N * sizeof *r);
}

static void square(limb *r, const limb *a, int times)
{
	mul(r, a, a);
	while (--times > 0)
		mul(r, r, r);
}

/* z^(p - 2), p - 2 = 2^255 - 21: runs of ones, doubled again and again. */
static void invert(limb *r, const limb *z)
{
	limb z11[N], a[N], b[N], c[N];

	square(a, z, 1);   /* 2 */
	square(b, a, 2);   /* 8 */
	mul(b, b, z);      /* 9 */
	mul(z11, a, b);    /* 11 */
	square(a, z11, 1); /* 22 */
	mul(a, a, b);      /* 2^5 - 1 */
	square(b, a, 5);
	mul(a, a, b); /* 2^10 - 1 */
	square(b, a, 10);
	mul(b, b, a); /* 2^20 - 1 */
	square(c, b, 20);
	mul(b, b, c); /* 2^40 - 1 */
	square(b, b, 10);
	mul(a, a, b); /* 2^50 - 1 */
	square(b, a, 50);
	mul(b, b, a); /* 2^100 - 1 */
	square(c, b, 100);
	mul(b, b, c); /* 2^200 - 1 */
	square(b, b, 50);
	mul(a, a, b); /* 2^250 - 1 */
	square(a, a, 5);
	mul(r, a, z11);
}

/* Exchanges a and b where the mask has ones. */
static void swap(limb *a, limb *b, limb mask)
{
	for (size_t i = 0; i < N; i++) {
		limb diff = (a[i] ^ b[i]) & mask;

		a[i] ^= diff;
		b[i] ^= diff;
	}
}

/* RFC 7748 5: both points one step further. */
struct ladder {
	limb x1[N], x2[N], z2[N], x3[N], z3[N];
};

static void step(struct ladder *l)
{
	static const limb a24[N] = { 121665 };
	limb a[N], b[N], c[N], d[N];

	add(a, l->x2, l->z2);
	sub(b, l->x2, l->z2);
	add(c, l->x3, l->z3);
	sub(d, l->x3, l->z3);
	mul(d, d, a);
	mul(c, c, b);
	add(l->x3, d, c);
	mul(l->x3, l->x3, l->x3);
	sub(l->z3, d, c);
	mul(l->z3, l->z3, l->z3);
	mul(l->z3, l->z3, l->x1);
	mul(a, a, a);
	mul(b, b, b);
	mul(l->x2, a, b);
	sub(b, a, b);
	mul(c, b, a24);
	add(c, c, a);
	mul(l->z2, b, c);
}

static void load(limb *r, const uint8_t *from)
{
	uint8_t turned[X25519_SIZE];

	for (size_t i = 0; i < sizeof turned; i++)
		turned[i] = from[sizeof turned - 1 - i];
	big_load(r, N, bytes_in(SPAN(turned)));
	ct_wipe(turned, sizeof turned);
}

/* Below p: the 256th bit comes back 19 times, then p goes at most once. */
static void store(uint8_t *to, limb *a)
{
	const limb high = (limb)1 << (LIMB_BITS - 1);
	limb carry = 19 * (a[N - 1] >> (LIMB_BITS - 1)), t[N], less = 19;

	a[N - 1] &= ~high;
	for (size_t i = 0; i < N; i++)
		a[i] = limb_add(a[i], 0, &carry);
	/* a + 19 reaches 2^255 when a reaches p; what is left of it is a - p. */
	for (size_t i = 0; i < N; i++)
		t[i] = limb_add(a[i], 0, &less);
	limb_move(a, t, limb_mask(t[N - 1] >> (LIMB_BITS - 1)), N);
	a[N - 1] &= ~high;
	for (size_t i = 0; i < X25519_SIZE; i++)
		to[i] = (uint8_t)(a[i / LIMB_BYTES] >> 8 * (i % LIMB_BYTES));
}

static void scalar(uint8_t k[X25519_SIZE], const uint8_t key[X25519_SIZE])
{
	memcpy(k, key, X25519_SIZE);
	k[0] &= 248;
	k[31] = (uint8_t)((k[31] & 127) | 64);
}

bool x25519_shared(uint8_t out[X25519_SIZE], const uint8_t key[X25519_SIZE],
		   const uint8_t point[X25519_SIZE])
{
	struct ladder l = { .x2 = { 1 }, .z3 = { 1 } };
	uint8_t k[X25519_SIZE], any = 0;
	limb last = 0;

	scalar(k, key);
	load(l.x1, point);
	l.x1[N - 1] &= ~((limb)1 << (LIMB_BITS - 1));
	memcpy(l.x3, l.x1, sizeof l.x3);
	for (size_t at = 255; at-- > 0;) {
		limb bit = k[at / 8] >> at % 8 & 1;

		swap(l.x2, l.x3, limb_mask(last ^ bit));
		swap(l.z2, l.z3, limb_mask(last ^ bit));
		last = bit;
		step(&l);
	}
	/* The lowest bits of a scalar are clear: nothing is left exchanged. */
	invert(l.z2, l.z2);
	mul(l.x2, l.x2, l.z2);
	store(out, l.x2);
	for (size_t i = 0; i < X25519_SIZE; i++)
		any |= out[i];
	ct_wipe(&l, sizeof l);
	ct_wipe(k, sizeof k);
	return any != 0;
}

void x25519_public(uint8_t out[X25519_SIZE], const uint8_t key[X25519_SIZE])
{
	static const uint8_t base[X25519_SIZE] = { 9 };

	x25519_shared(out, key, base);
}
