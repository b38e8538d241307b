/* By AVX-512 IFMA, which adds the low or the high half of eight products of 52 bits
 * each (S. Gueron and V. Krasnov, "Software implementation of modular
 * exponentiation, using advanced vector instructions"). Numbers are 20 digits of
 * 52 bits in three vectors. 2^1040 stands for R: products of what is below 2m are
 * below 2m again, without a subtraction.
 *
 * Memcheck, which knows no AVX-512, runs it with t/ct/emulated in place of the
 * intrinsics.
 */
#include "crypt/power.h"
#include "crypt/ct.h"
#include <immintrin.h>

#define NATIVE __attribute__((target("avx512f,avx512ifma")))
#define INLINE NATIVE static inline __attribute__((always_inline))

enum {
	N = POWER_LIMBS,
	BITS = 52,
	DIGITS = 20,
	LANES = 8,
	VECTORS = 3,
	WINDOW = 4,
	ENTRIES = 1 << WINDOW
};
#define LOW (((uint64_t)1 << BITS) - 1)

struct digits {
	uint64_t d[VECTORS * LANES]; /* zero from DIGITS on */
} __attribute__((aligned(64)));

struct vectors {
	__m512i v[VECTORS];
};

struct modulus {
	struct digits m;
	uint64_t m0; /* -1 / m mod 2^52 */
};

/* ---- from limbs and into them ---- */

static void split(struct digits *to, const limb a[N])
{
	memset(to, 0, sizeof(*to));
	for (size_t i = 0; i < DIGITS; i++) {
		size_t at = i * BITS / LIMB_BITS, bit = i * BITS % LIMB_BITS;

		to->d[i] = a[at] >> bit;
		if (bit > LIMB_BITS - BITS && at + 1 < N)
			to->d[i] |= a[at + 1] << (LIMB_BITS - bit);
		to->d[i] &= LOW;
	}
}

/* What stands above the limbs is returned. */
static limb join(limb r[N], const struct digits *from)
{
	limb all[N + 1] = { 0 };

	for (size_t i = 0; i < DIGITS; i++) {
		size_t at = i * BITS / LIMB_BITS, bit = i * BITS % LIMB_BITS;

		all[at] |= from->d[i] << bit;
		if (bit > LIMB_BITS - BITS)
			all[at + 1] |= from->d[i] >> (LIMB_BITS - bit);
	}
	big_copy(r, all, N);
	return all[N];
}

/* ---- products ---- */

INLINE struct vectors load(const struct digits *from)
{
	const __m512i *at = (const __m512i *)(const void *)from;

	return (struct vectors){ { _mm512_load_si512(at),
				   _mm512_load_si512(at + 1),
				   _mm512_load_si512(at + 2) } };
}

INLINE void add_low(struct vectors *s, const struct vectors *a, __m512i b)
{
	s->v[0] = _mm512_madd52lo_epu64(s->v[0], a->v[0], b);
	s->v[1] = _mm512_madd52lo_epu64(s->v[1], a->v[1], b);
	s->v[2] = _mm512_madd52lo_epu64(s->v[2], a->v[2], b);
}

/* After all has moved down by a digit. */
INLINE void add_high(struct vectors *s, const struct vectors *a, __m512i b)
{
	__m512i none = _mm512_setzero_si512();

	s->v[0] = _mm512_alignr_epi64(s->v[1], s->v[0], 1);
	s->v[1] = _mm512_alignr_epi64(s->v[2], s->v[1], 1);
	s->v[2] = _mm512_alignr_epi64(none, s->v[2], 1);
	s->v[0] = _mm512_madd52hi_epu64(s->v[0], a->v[0], b);
	s->v[1] = _mm512_madd52hi_epu64(s->v[1], a->v[1], b);
	s->v[2] = _mm512_madd52hi_epu64(s->v[2], a->v[2], b);
}

INLINE uint64_t first(const struct vectors *s)
{
	return (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(s->v[0]));
}

INLINE uint64_t second(const struct vectors *s)
{
	return (uint64_t)_mm_extract_epi64(_mm512_castsi512_si128(s->v[0]), 1);
}

/* r = x + y + carry, digits as they should be. */
INLINE void settle(struct digits *r, const struct vectors *x,
		   const struct vectors *y, uint64_t carry)
{
	__m512i *to = (__m512i *)(void *)r;

	for (size_t i = 0; i < VECTORS; i++)
		_mm512_store_si512(to + i, _mm512_add_epi64(x->v[i], y->v[i]));
	for (size_t i = 0; i < DIGITS; i++) {
		carry += r->d[i];
		r->d[i] = carry & LOW;
		carry >>= BITS;
	}
}

/* r = a * b / 2^1040. x sums up the products of a, y those of m: the next factor of
 * m waits for no product of a, and for none of vectors either, since what comes to
 * be y's lowest digit is made ahead. Of x + y it becomes zero but for a carry.
 */
NATIVE static void mul(struct digits *r, const struct digits *a,
		       const struct digits *b, const struct modulus *mod)
{
	const __m512i none = _mm512_setzero_si512();
	const struct vectors va = load(a), vm = load(&mod->m);
	struct vectors x = { { none, none, none } }, y = x;
	uint64_t carry = 0, low = 0;

	for (size_t i = 0; i < DIGITS; i++) {
		__m512i by = _mm512_set1_epi64((int64_t)b->d[i]), factor;
		uint64_t sum, u;
		wide one, two;

		add_low(&x, &va, by);
		sum = first(&x) + low + carry;
		u = sum * mod->m0 & LOW;
		one = (wide)u * mod->m.d[0];
		two = (wide)u * mod->m.d[1];
		carry = (sum + ((uint64_t)one & LOW)) >> BITS;
		low = second(&y) + ((uint64_t)two & LOW) +
		      (uint64_t)(one >> BITS);
		factor = _mm512_set1_epi64((int64_t)u);
		add_low(&y, &vm, factor);
		add_high(&x, &va, by);
		add_high(&y, &vm, factor);
	}
	settle(r, &x, &y, carry);
}

/* ---- powers ---- */

/* to = 2^(1024 + bit) mod m. */
static void two_to(struct digits *to, size_t bit, const struct mont *mod)
{
	limb t[N] = { (limb)1 << bit };

	mont_mul(t, t, mod->rr, mod);
	split(to, t);
}

/* r = table[which], by looking at all of them. */
NATIVE static void look_up(struct digits *r, const struct digits table[ENTRIES],
			   limb which)
{
	__m512i *to = (__m512i *)(void *)r;
	struct vectors found = load(&table[0]);

	for (limb i = 1; i < ENTRIES; i++) {
		struct vectors one = load(&table[i]);
		__m512i mask = _mm512_set1_epi64(
			(int64_t)limb_mask(limb_equal(i, which)));

		for (size_t j = 0; j < VECTORS; j++) {
			__m512i differ = _mm512_xor_si512(found.v[j], one.v[j]);

			found.v[j] = _mm512_xor_si512(
				found.v[j], _mm512_and_si512(differ, mask));
		}
	}
	for (size_t j = 0; j < VECTORS; j++)
		_mm512_store_si512(to + j, found.v[j]);
}

/* x = a^e; x and table[1] in the form of 2^1040. */
static void climb(struct digits *x, struct digits table[ENTRIES], const limb *e,
		  const struct modulus *m)
{
	struct digits y;

	for (size_t i = 2; i < ENTRIES; i++)
		mul(&table[i], &table[i - 1], &table[1], m);
	*x = table[0];
	for (size_t at = N * LIMB_BITS; at > 0;) {
		at -= WINDOW;
		for (int i = 0; i < WINDOW; i++)
			mul(x, x, x, m);
		look_up(&y, table,
			e[at / LIMB_BITS] >> at % LIMB_BITS & (ENTRIES - 1));
		mul(x, x, &y, m);
	}
	ct_wipe(&y, sizeof(y));
}

static void power(limb *r, const limb *a, const limb *e, const struct mont *mod)
{
	struct digits table[ENTRIES], x, y;
	struct modulus m = { .m0 = mod->m0 & LOW };
	limb t[N], top;

	split(&m.m, mod->m);
	two_to(&table[0], DIGITS * BITS - N * LIMB_BITS, mod);
	two_to(&x, 2 * (DIGITS * BITS - N * LIMB_BITS), mod);
	split(&y, a);
	mul(&table[1], &x, &y, &m);
	climb(&x, table, e, &m);
	two_to(&y, 0, mod);
	mul(&x, &x, &y, &m);
	top = join(t, &x);
	mont_settle(r, t, top, mod);
	ct_wipe(table, sizeof(table));
	ct_wipe(&m, sizeof(m));
	ct_wipe(&x, sizeof(x));
	ct_wipe(t, sizeof(t));
}

void (*const power_native)(limb *r, const limb *a, const limb *e,
			   const struct mont *mod) = power;
