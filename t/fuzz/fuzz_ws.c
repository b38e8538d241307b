/* Frames mean the same at once and byte by byte, to either role. */
#include "wire/ws.h"
#include "fuzz.h"
/* Says what is heard; < 0: a rule was broken. */
static long hear(struct fmt *f, struct ws_in *w, struct span *in)
{
	struct ws_part p;
	long n = 1;
	while (in->n > 0 && (n = ws_hear(w, *in, &p)) > 0) {
		assert(fuzz_within(bytes_in(p.data), bytes_in(*in)));
		fmt_bytes(f, bytes_in(p.data));
		if (p.ends)
			fmt_put(f, ".%u %u", p.op, p.code);
		*in = (struct span){ in->p + n, in->n - (size_t)n };
	}
	return n;
}

void fuzz(struct bytes in)
{
	struct span one = { fuzz_copy(in), in.n }, two = { fuzz_copy(in), 0 };
	struct ws_in a = { in.n % 2, in.n % 3, .most = 999 }, b = a;
	struct fmt f = fuzz_room(0), g = fuzz_room(1);
	struct span all = one, bit = two;
	long end = hear(&f, &a, &all), rc = hear(&g, &b, &bit);
	for (; rc >= 0 && bit.p + bit.n < two.p + in.n; rc = hear(&g, &b, &bit))
		bit.n++;
	assert(a.code == b.code && (end < 0 || fuzz_same(&f, &g)));
	free(one.p), free(two.p);
}
