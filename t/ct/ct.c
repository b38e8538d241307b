/* usage: ct            all operations, one after the other
 *        ct FAULT      branch or index: a fault that memcheck must find
 */
#include "ct.h"
#include <stdio.h>
#include <valgrind/memcheck.h>

static const struct ct_case *const tables[] = { ct_symmetric, ct_pubkey };

void ct_secret(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		s.p[i] = (uint8_t)(i * 29 + 7);
	(void)VALGRIND_MAKE_MEM_UNDEFINED(s.p, s.n);
}

void ct_public(const void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

/* As hurried code compares: it stops at the first difference. */
static void branch(void)
{
	uint8_t key[16];
	volatile unsigned equal = 0;

	ct_secret(SPAN(key));
	while (equal < sizeof(key) && key[equal] == equal * 29 + 7)
		equal++;
}

/* As AES by tables substitutes. */
static void index(void)
{
	static const uint8_t table[256] = { 0x63, 0x7c, 0x77, 0x7b };
	volatile uint8_t out;
	uint8_t key[16];

	ct_secret(SPAN(key));
	out = table[key[3]];
	(void)out;
}

static const struct ct_case faults[] = { { "branch", branch },
					 { "index", index } };

static unsigned run_all(void)
{
	unsigned n = 0;

	for (size_t i = 0; i < COUNT(tables); i++)
		for (const struct ct_case *c = tables[i]; c->name; c++, n++) {
			unsigned long before = VALGRIND_COUNT_ERRORS;

			c->run();
			if (VALGRIND_COUNT_ERRORS > before)
				printf("%s: depends on a secret\n", c->name);
		}
	return n;
}

int main(int argc, char **argv)
{
	if (!RUNNING_ON_VALGRIND) {
		fprintf(stderr, "ct: proves nothing without valgrind\n");
		return 2;
	}
	for (size_t i = 0; argc == 2 && i < COUNT(faults); i++)
		if (strcmp(argv[1], faults[i].name) == 0)
			faults[i].run();
	if (argc == 1)
		printf("%u operations\n", run_all());
	return 0;
}
