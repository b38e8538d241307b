/* Records of a journal: slices of what came, written as they were. */
#include "fuzz.h"
#include "wire/ledger.h"

static size_t one(struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct ledger l;
	int n = ledger_take(&l, in);

	if (n <= 0)
		return 0;
	assert((size_t)n <= in.n && n <= LEDGER_RECORD);
	assert(!l.lan.n || fuzz_within(l.lan, in));
	ledger_put(&f, &l);
	assert(bytes_equal(fmt_done(&f), (struct bytes){ in.p, (size_t)n }));
	return (size_t)n;
}

void fuzz(struct bytes in)
{
	struct ledger l;
	size_t n;

	if (ledger_parse(&l, in) == 0)
		assert(!l.group.n || fuzz_within(l.group, in));
	while ((n = one(in)) > 0)
		in = (struct bytes){ in.p + n, in.n - n };
}
