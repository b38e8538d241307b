/* A candidate that is read prints and is read as the same. */
#include "fuzz.h"
#include "wire/ice/candidate.h"

static bool print(struct fmt *f, struct bytes in)
{
	struct candidate c;

	if (candidate_parse(&c, in) != 0)
		return false;
	assert(c.component > 0 && c.foundation.n > 0);
	assert(fuzz_within(c.foundation, in) && fuzz_within(c.name, in));
	assert(!c.addr.family == (c.name.n > 0));
	candidate_print(f, &c);
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
