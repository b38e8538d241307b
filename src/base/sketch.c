#include "base/sketch.h"
#include <assert.h>

struct places {
	uint16_t *one, *two;
};

void sketch_init(struct sketch *s, struct span mem, uint32_t n,
		 const struct map_seed *seed)
{
	assert(n > 0 && (n & (n - 1)) == 0);
	assert(mem.n / sizeof *s->counts / 2 >= n);
	s->counts = (uint16_t *)(void *)mem.p;
	s->mask = n - 1;
	s->seed = *seed;
}

static struct places places_of(const struct sketch *s, struct bytes key)
{
	struct map_seed other = { { s->seed.k[1], ~s->seed.k[0] } };
	uint32_t one = map_mix(&s->seed, key), two = map_mix(&other, key);

	return (struct places){ &s->counts[one & s->mask],
				&s->counts[s->mask + 1 + (two & s->mask)] };
}

uint32_t sketch_of(const struct sketch *s, struct bytes key)
{
	struct places p = places_of(s, key);

	return *p.one < *p.two ? *p.one : *p.two;
}

static void add(uint16_t *n)
{
	if (*n < SKETCH_MOST)
		++*n;
}

/* Whatever was ever too many to be counted stays so. */
static void drop(uint16_t *n)
{
	assert(*n > 0);
	if (*n < SKETCH_MOST)
		--*n;
}

void sketch_add(struct sketch *s, struct bytes key)
{
	struct places p = places_of(s, key);

	add(p.one);
	add(p.two);
}

void sketch_drop(struct sketch *s, struct bytes key)
{
	struct places p = places_of(s, key);

	drop(p.one);
	drop(p.two);
}
