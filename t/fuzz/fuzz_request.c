/* Any request has its end where it has it, however it arrives. */
#include "app/admin/request.h"
#include "fuzz.h"

enum { PIECEMEAL = 512 }; /* most bytes that are also looked at one by one */

void fuzz(struct bytes in)
{
	struct request r, again;
	long whole = request_parse(&r, in), rc = 0;
	size_t n = 0;

	assert(whole <= (long)in.n);
	assert(whole != 0 || in.n < REQUEST_MOST);
	if (whole > 0) {
		assert(fuzz_within(r.method, in) && fuzz_within(r.target, in));
		assert(r.target.p[0] == '/');
		assert(r.host.n == 0 || fuzz_within(r.host, in));
		request_is_here(&r);
	}
	if (whole != 0)
		assert(strstr(request_answer(request_status(&r, whole, true)),
			      "\r\n\r\n"));
	while (rc == 0 && n < in.n && in.n <= PIECEMEAL)
		rc = request_parse(&again, (struct bytes){ in.p, ++n });
	assert(in.n > PIECEMEAL || rc == whole);
}
