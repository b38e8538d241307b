/* Tokens of answers are slices of what came, and are taken alike wherever it is cut
 * off behind them; the first byte says whether it is an address of a Redis instead.
 */
#include "fuzz.h"
#include "wire/redisurl.h"
#include "wire/resp.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), again = fuzz_room(1);
	struct redisurl u, v;
	struct resp r, same;
	int n;

	if (redisurl_parse(&u, in) == 0) {
		redisurl_print(&f, &u);
		assert(redisurl_parse(&v, fmt_done(&f)) == 0);
		redisurl_print(&again, &v);
		assert(fuzz_same(&f, &again));
	}
	while ((n = resp_take(&r, in)) > 0) {
		assert((size_t)n <= in.n && n <= RESP_MOST);
		assert(!r.text.n || fuzz_within(r.text, in));
		assert(resp_take(&same, (struct bytes){ in.p, (size_t)n }) ==
		       n);
		assert(resp_take(&same,
				 (struct bytes){ in.p, (size_t)n - 1 }) == 0);
		in = (struct bytes){ in.p + n, in.n - (size_t)n };
	}
}
