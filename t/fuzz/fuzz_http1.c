/* Any head has its end and its meaning where it has them, however it arrives. */
#include "wire/http1.h"
#include "fuzz.h"

enum { MOST = 1024, PIECEMEAL = 512 }; /* looked at byte by byte */

static void look(struct bytes head)
{
	static struct http1_request q;
	static struct http1_response a;

	if (http1_request(&q, head) == 0)
		assert(fuzz_within(q.target, head) && q.head.hosts <= 1 &&
		       (!q.head.codings || !q.head.has_length));
	if (http1_response(&a, head, BYTES("GET")) == 0)
		assert(fuzz_within(a.line, head));
}

void fuzz(struct bytes in)
{
	struct http1_scan once = { .at = 0 }, bit = { .at = 0 };
	long n = http1_scan(&once, in, MOST), rc = 0;

	for (size_t i = 0; rc == 0 && i <= in.n && in.n < PIECEMEAL; i++)
		rc = http1_scan(&bit, (struct bytes){ in.p, i }, MOST);
	assert(in.n >= PIECEMEAL || rc == n);
	if (n > 0)
		look((struct bytes){ in.p + once.lead, (size_t)n - once.lead });
}
