/* By MULX, ADCX and ADOX: MULX leaves flags alone, and the other two add along a
 * carry each, so that a row's products are added up in one chain and to what is
 * there in another.
 */
#include "crypt/rows.h"

/* The limb at so many bytes; high halves go from one register to the other. */
#define STEP(at, from, to) \
	"mulxq " #at "(%[a]), %[low], %[" #to "]\n\t" \
	"adcxq %[" #from "], %[low]\n\t" \
	"adoxq " #at "(%[r]), %[low]\n\t" \
	"movq %[low], " #at "(%[r])\n\t"
#define FOUR_STEPS(a, b, c, d) \
	STEP(a, carry, high) \
	STEP(b, high, carry) STEP(c, carry, high) STEP(d, high, carry)
#define BEGIN "xorl %k[low], %k[low]\n\t" /* no carry, in either chain */
#define END \
	"movl $0, %k[low]\n\t" \
	"adcxq %[low], %[carry]\n\tadoxq %[low], %[carry]"

static inline limb eight(limb *r, const limb *a, limb b, limb carry)
{
	limb low, high;

	__asm__(BEGIN FOUR_STEPS(0, 8, 16, 24) FOUR_STEPS(32, 40, 48, 56) END
		: [low] "=&r"(low), [high] "=&r"(high), [carry] "+&r"(carry),
		  "+m"(*(limb(*)[8])r)
		: [r] "r"(r), [a] "r"(a), "d"(b), "m"(*(const limb(*)[8])a)
		: "cc");
	return carry;
}

static inline limb four(limb *r, const limb *a, limb b, limb carry)
{
	limb low, high;

	__asm__(BEGIN FOUR_STEPS(0, 8, 16, 24) END
		: [low] "=&r"(low), [high] "=&r"(high), [carry] "+&r"(carry),
		  "+m"(*(limb(*)[4])r)
		: [r] "r"(r), [a] "r"(a), "d"(b), "m"(*(const limb(*)[4])a)
		: "cc");
	return carry;
}

static inline limb row(limb *r, const limb *a, limb b, size_t n)
{
	limb carry = 0;
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		carry = eight(r + i, a + i, b, carry);
	if (i + 4 <= n) {
		carry = four(r + i, a + i, b, carry);
		i += 4;
	}
	for (; i < n; i++)
		r[i] = limb_muladd(r[i], a[i], b, &carry);
	return carry;
}

#define SUB_STEP(at) \
	"movq " #at "(%[a]), %[rest]\n\t" \
	"sbbq " #at "(%[b]), %[rest]\n\t" \
	"movq %[rest], " #at "(%[r])\n\t"

static inline limb sub_four(limb *r, const limb *a, const limb *b, limb borrow)
{
	limb rest;

	__asm__("addq $-1, %[borrow]\n\t" SUB_STEP(0) SUB_STEP(8) SUB_STEP(16)
			SUB_STEP(24) "sbbq %[borrow], %[borrow]\n\t"
				     "negq %[borrow]"
		: [rest] "=&r"(rest), [borrow] "+&r"(borrow),
		  "=m"(*(limb(*)[4])r)
		: [r] "r"(r), [a] "r"(a), [b] "r"(b), "m"(*(const limb(*)[4])a),
		  "m"(*(const limb(*)[4])b)
		: "cc");
	return borrow;
}

static limb sub(limb *r, const limb *a, const limb *b, size_t n)
{
	limb borrow = 0;
	size_t i = 0;

	for (; i + 4 <= n; i += 4)
		borrow = sub_four(r + i, a + i, b + i, borrow);
	for (; i < n; i++)
		r[i] = limb_sub(a[i], b[i], &borrow);
	return borrow;
}

static void mul(limb *r, const limb *a, const limb *b, size_t n)
{
	rows_mul(r, a, b, n, row);
}

static void square(limb *r, const limb *a, size_t n)
{
	rows_square(r, a, n, row);
}

static limb reduce(limb *r, const limb *m, limb m0, size_t n)
{
	return rows_reduce(r, m, m0, n, row);
}

static const struct rows rows = { sub, mul, square, reduce };

const struct rows *const rows_native = &rows;
