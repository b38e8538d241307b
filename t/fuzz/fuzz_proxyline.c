/* What is read is no longer than the input; printed and read again it says the
 * same, and one byte less of it is not all.
 */
#include "fuzz.h"
#include "wire/proxyline.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), g = fuzz_room(1);
	struct proxyline p, q;
	long n = proxyline_parse(&p, in);

	assert(n <= (long)in.n && n <= PROXYLINE_MOST);
	if (n <= 0)
		return;
	assert(proxyline_parse(&q, (struct bytes){ in.p, (size_t)n - 1 }) == 0);
	if (p.kind == PROXYLINE_DGRAM)
		p.version = 2;
	proxyline_print(&f, &p);
	assert(p.version == 2 || f.n <= PROXYLINE_PRINTED);
	assert(proxyline_parse(&q, fmt_done(&f)) == (long)f.n);
	assert(q.kind == p.kind && q.version == p.version);
	proxyline_print(&g, &q);
	assert(fuzz_same(&f, &g));
}
