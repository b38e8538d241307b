/* Counters, each some steps from the one before, beside a list of them all. */
#include "fuzz.h"
#include "wire/carrier.h"

void fuzz(struct bytes in)
{
	uint32_t seen[FUZZ_MOST], nseen = 0, top = 0, at = 0;
	struct carrier_window w = { .top = 0 };

	for (size_t i = 0; i < in.n; i++) {
		bool known = false;

		at += (uint32_t)(in.p[i] - 128) << (in.p[i] % 16 ? 0 : 24);
		at += at == 0;
		for (uint32_t k = 0; k < nseen; k++)
			known = known || seen[k] == at;
		known = known || (top >= 64 && at <= top - 64);
		assert(carrier_fresh(&w, at) == !known);
		seen[nseen++] = at;
		top = at > top ? at : top;
	}
}
