/* allowance without limits, for small builds. */
#include "app/relay/allowance.h"

int allowance_start(struct relay *r)
{
	(void)r;
	return 0;
}

void allowance_stop(struct relay *r)
{
	(void)r;
}

void allowance_give(struct published *p)
{
	(void)p;
}

void allowance_end(struct published *p)
{
	(void)p;
}

void allowance_join(struct visitor *v, struct stream *outer)
{
	(void)v;
	(void)outer;
}

void allowance_leave(struct visitor *v)
{
	(void)v;
}

size_t allowance_may(const struct pump *p)
{
	(void)p;
	return SIZE_MAX;
}

void allowance_took(const struct pump *p, size_t n)
{
	(void)p;
	(void)n;
}

bool allowance_lets(const struct published *p, enum allowance_way way, size_t n)
{
	(void)p;
	(void)way;
	(void)n;
	return true;
}

uint32_t allowance_most(const struct fastnat *m)
{
	(void)m;
	return 0;
}

bool allowance_full(const struct published *p)
{
	(void)p;
	return false;
}
