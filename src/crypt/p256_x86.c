/* P-256 by MULX, ADCX and ADOX: a sum of five limbs, and what passes over, stays
 * in registers.
 */
#include "crypt/p256.h"

#define INLINE static inline __attribute__((always_inline))

enum { N = LIMBS(256), SUM = N + 2 };

/* s's limb i when it has moved down turn limbs. */
#define LIMB(s, i, turn) (s)[((i) + (turn)) % SUM]

/* a's limb, at so many bytes, times b: into the sum there and above it. */
#define STEP(at, there, above) \
	"mulxq " #at "(%[a]), %[low], %[high]\n\t" \
	"adcxq %[low], %[" #there "]\n\tadoxq %[high], %[" #above "]\n\t"

/* s += a * b; the highest limb was zero. */
INLINE void add_row(limb s[SUM], unsigned turn, const limb *a, limb b)
{
	limb low, high;

	__asm__("xorl %k[low], %k[low]\n\t" /* no carry, in either chain */
		STEP(0, s0, s1) STEP(8, s1, s2) STEP(16, s2, s3)
			STEP(24, s3,
			     s4) "movl $0, %k[low]\n\tadcxq %[low], %[s4]\n\t"
				 "adcxq %[low], %[s5]\n\tadoxq %[low], %[s5]"
		: [s0] "+&r"(LIMB(s, 0, turn)), [s1] "+&r"(LIMB(s, 1, turn)),
		  [s2] "+&r"(LIMB(s, 2, turn)), [s3] "+&r"(LIMB(s, 3, turn)),
		  [s4] "+&r"(LIMB(s, 4, turn)), [s5] "+&r"(LIMB(s, 5, turn)),
		  [low] "=&r"(low), [high] "=&r"(high)
		: [a] "r"(a), "d"(b), "m"(*(const limb(*)[N])a)
		: "cc");
}

/* s += s[0] * prime, whose lowest limb is -1, the next two 2^32 - 1: times
 * those is a shift. The lowest limb is zero then, and the highest one to be.
 */
INLINE void reduce_row(limb s[SUM], unsigned turn)
{
	limb u = LIMB(s, 0, turn), low, high;

	__asm__("mulxq %[top], %[low], %[high]\n\t"
		"movq %[u], %[s0]\n\tshlq $32, %[s0]\n\tshrq $32, %[u]\n\t"
		"addq %[s0], %[s1]\n\tadcq %[u], %[s2]\n\t"
		"adcq %[low], %[s3]\n\tadcq %[high], %[s4]\n\t"
		"adcq $0, %[s5]\n\tmovl $0, %k[s0]"
		: [s0] "=&r"(LIMB(s, 0, turn)), [s1] "+&r"(LIMB(s, 1, turn)),
		  [s2] "+&r"(LIMB(s, 2, turn)), [s3] "+&r"(LIMB(s, 3, turn)),
		  [s4] "+&r"(LIMB(s, 4, turn)), [s5] "+&r"(LIMB(s, 5, turn)),
		  [low] "=&r"(low), [high] "=&r"(high), [u] "+&d"(u)
		: [top] "r"((limb)0xffffffff00000001)
		: "cc");
}

/* r = t, with top above it, less m, if that is not below zero. */
INLINE void settle(limb *r, const limb t[N], limb top, const limb *m)
{
	limb less[N] = { t[0], t[1], t[2], t[3] };

	__asm__("subq 0(%[m]), %[l0]\n\tsbbq 8(%[m]), %[l1]\n\t"
		"sbbq 16(%[m]), %[l2]\n\tsbbq 24(%[m]), %[l3]\n\t"
		"sbbq $0, %[top]\n\t"
		"cmovcq %[t0], %[l0]\n\tcmovcq %[t1], %[l1]\n\t"
		"cmovcq %[t2], %[l2]\n\tcmovcq %[t3], %[l3]"
		: [l0] "+&r"(less[0]), [l1] "+&r"(less[1]), [l2] "+&r"(less[2]),
		  [l3] "+&r"(less[3]), [top] "+&r"(top)
		: [t0] "r"(t[0]), [t1] "r"(t[1]), [t2] "r"(t[2]),
		  [t3] "r"(t[3]), [m] "r"(m), "m"(*(const limb(*)[N])m)
		: "cc");
	r[0] = less[0];
	r[1] = less[1];
	r[2] = less[2];
	r[3] = less[3];
}

/* The same of what four rows have left. */
INLINE void settle_sum(limb *r, const limb s[SUM], const limb *m)
{
	const limb t[N] = { s[4], s[5], s[0], s[1] };

	settle(r, t, s[2], m);
}

/* t += b; what passes over. */
INLINE limb add_four(limb t[N], const limb *b)
{
	limb top = 0;

	__asm__("addq 0(%[b]), %[t0]\n\tadcq 8(%[b]), %[t1]\n\t"
		"adcq 16(%[b]), %[t2]\n\tadcq 24(%[b]), %[t3]\n\t"
		"adcq $0, %[top]"
		: [t0] "+&r"(t[0]), [t1] "+&r"(t[1]), [t2] "+&r"(t[2]),
		  [t3] "+&r"(t[3]), [top] "+&r"(top)
		: [b] "r"(b), "m"(*(const limb(*)[N])b)
		: "cc");
	return top;
}

/* t -= b; all ones if that is below zero. */
INLINE limb sub_four(limb t[N], const limb *b)
{
	limb less;

	__asm__("subq 0(%[b]), %[t0]\n\tsbbq 8(%[b]), %[t1]\n\t"
		"sbbq 16(%[b]), %[t2]\n\tsbbq 24(%[b]), %[t3]\n\t"
		"sbbq %[less], %[less]"
		: [t0] "+&r"(t[0]), [t1] "+&r"(t[1]), [t2] "+&r"(t[2]),
		  [t3] "+&r"(t[3]), [less] "=&r"(less)
		: [b] "r"(b), "m"(*(const limb(*)[N])b)
		: "cc");
	return less;
}

static void field_mul(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb s[SUM] = { 0 };

	add_row(s, 0, a, b[0]);
	reduce_row(s, 0);
	add_row(s, 1, a, b[1]);
	reduce_row(s, 1);
	add_row(s, 2, a, b[2]);
	reduce_row(s, 2);
	add_row(s, 3, a, b[3]);
	reduce_row(s, 3);
	settle_sum(r, s, mod->m);
}

static void field_square(limb *r, const limb *a, const struct mont *mod)
{
	field_mul(r, a, a, mod);
}

static void add(limb *r, const limb *a, const limb *b, const struct mont *mod)
{
	limb t[N] = { a[0], a[1], a[2], a[3] }, top = add_four(t, b);

	settle(r, t, top, mod->m);
}

static void sub(limb *r, const limb *a, const limb *b, const struct mont *mod)
{
	limb t[N] = { a[0], a[1], a[2], a[3] }, less = sub_four(t, b);
	const limb *m = mod->m;
	const limb back[N] = { m[0] & less, m[1] & less, m[2] & less,
			       m[3] & less };

	add_four(t, back);
	r[0] = t[0];
	r[1] = t[1];
	r[2] = t[2];
	r[3] = t[3];
}

INLINE void order_row(limb s[SUM], unsigned turn, const struct mont *mod)
{
	add_row(s, turn, mod->m, LIMB(s, 0, turn) * mod->m0);
}

static void order_mul(limb *r, const limb *a, const limb *b,
		      const struct mont *mod)
{
	limb s[SUM] = { 0 };

	add_row(s, 0, a, b[0]);
	order_row(s, 0, mod);
	add_row(s, 1, a, b[1]);
	order_row(s, 1, mod);
	add_row(s, 2, a, b[2]);
	order_row(s, 2, mod);
	add_row(s, 3, a, b[3]);
	order_row(s, 3, mod);
	settle_sum(r, s, mod->m);
}

static void order_square(limb *r, const limb *a, const struct mont *mod)
{
	order_mul(r, a, a, mod);
}

static const struct mont_ops field = { field_mul, add, sub, field_square };
static const struct mont_ops order = { order_mul, add, sub, order_square };

const struct mont_ops *const p256_field_native = &field;
const struct mont_ops *const p256_order_native = &order;
