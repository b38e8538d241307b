#include "crypt/ct.h"

bool ct_equal(struct bytes a, struct bytes b)
{
	/* Volatile: no compiler may leave the loop early. */
	volatile uint8_t diff = 0;

	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		diff = (uint8_t)(diff | (a.p[i] ^ b.p[i]));
	return diff == 0;
}

void ct_wipe(void *p, size_t n)
{
	memset(p, 0, n);
	/* Says that p's memory is read, so that memset must stay. */
	__asm__ volatile("" : : "r"(p) : "memory");
}
