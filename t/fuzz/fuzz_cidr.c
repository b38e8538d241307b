/* The first address of a network is in it, and the one before it is not. */
#include "base/cidr.h"
#include "fuzz.h"

static void check(const struct cidr *c)
{
	struct cidrs one = { 1, { *c } };
	struct addr a = { .family = ADDR_IP6 };

	memcpy(a.ip, c->ip, sizeof a.ip);
	assert(c->bits <= 128 && cidrs_have(&one, &a));
	for (int i = 15; i >= 0 && a.ip[i]-- == 0; i--)
		continue;
	assert(c->bits == 0 || !cidrs_have(&one, &a));
}

void fuzz(struct bytes in)
{
	struct cidrs l = { .n = 0 };
	const char *why = cidrs_parse(&l, in);

	assert(l.n <= CIDRS_MOST && (!why || l.n == 0));
	for (uint32_t i = 0; i < l.n; i++)
		check(&l.v[i]);
}
