/* A body by chunks is the same at once and however it arrives. */
#include "wire/body.h"
#include "fuzz.h"
/* Says its data and trailers; false: it is wrong. */
static bool hear(struct fmt *f, struct body *b, struct bytes *in)
{
	struct body_part p;
	do {
		if (body_next(b, *in, &p))
			return false;
		assert(fuzz_within(p.data, *in));
		fmt_bytes(f, p.data);
		body_took(b, p.data.n);
		p.skip += p.data.n;
		*in = (struct bytes){ in->p + p.skip, in->n - p.skip };
	} while (p.what == BODY_SOME || p.what == BODY_FIELD);
	return true;
}

void fuzz(struct bytes in)
{
	struct fmt one = fuzz_room(0), two = fuzz_room(1);
	struct bytes left = in, bit = { in.p, 0 };
	struct body a = { .kind = BODY_CHUNKED }, b = a;
	bool good = hear(&one, &a, &left), fine = hear(&two, &b, &bit);

	for (; fine && bit.p + bit.n < in.p + in.n; fine = hear(&two, &b, &bit))
		bit.n++;
	assert(good == fine && (!good || fuzz_same(&one, &two)));
}
