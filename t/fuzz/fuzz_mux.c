/* Frames of strands mean the same at once and byte by byte. */
#include "wire/mux.h"
#include "fuzz.h"
/* Says what is heard; < 0: it was none of this. */
static long hear(struct fmt *f, struct mux_in *m, struct span *in)
{
	struct mux_part p;
	long n = 1;
	while (in->n > 0 && (n = mux_hear(m, *in, &p)) > 0) {
		assert(fuzz_within(bytes_in(p.data), bytes_in(*in)));
		fmt_bytes(f, bytes_in(p.data));
		if (p.kind > MUX_DATA || p.kind == MUX_OPEN)
			fmt_put(f, ".%d %u %u", p.kind, p.strand, p.more);
		*in = (struct span){ in->p + n, in->n - (size_t)n };
	}
	return n;
}

void fuzz(struct bytes in)
{
	struct span one = { fuzz_copy(in), in.n }, two = { fuzz_copy(in), 0 };
	struct mux_in a = { .left = 0 }, b = a;
	struct fmt f = fuzz_room(0), g = fuzz_room(1);
	struct span all = one, bit = two;
	long end = hear(&f, &a, &all), rc = hear(&g, &b, &bit);
	for (; rc >= 0 && bit.p + bit.n < two.p + in.n; rc = hear(&g, &b, &bit))
		bit.n++;
	assert((end < 0) == (rc < 0) && fuzz_same(&f, &g));
	free(one.p), free(two.p);
}
