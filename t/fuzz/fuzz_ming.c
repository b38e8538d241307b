/* A message that is read is printed again as the same. */
#include "fuzz.h"
#include "wire/ming.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), again = fuzz_room(1);
	struct ming m, n;

	if (ming_parse(&m, in) < 0)
		return;
	assert(!m.payload.p || fuzz_within(m.payload, in));
	ming_print(&f, &m);
	assert(in.n > MING_MOST || f.n <= MING_SAID);
	assert(ming_parse(&n, fmt_done(&f)) == 0 && n.kind == m.kind);
	ming_print(&again, &n);
	assert(fuzz_same(&f, &again));
}
