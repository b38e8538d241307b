/* The scanner says of a stream that comes bytewise what it says of the whole. */
#include "fuzz.h"
#include "wire/json.h"

void fuzz(struct bytes in)
{
	struct json_scan whole = { .at = 0 }, parts = { .at = 0 };
	long want = json_scan(&whole, in, FUZZ_MOST / 2), got = 0;
	struct json v;

	for (size_t n = 0; got == 0 && n <= in.n; n++)
		got = json_scan(&parts, (struct bytes){ in.p, n },
				FUZZ_MOST / 2);
	assert(got == want && want <= (long)in.n);
	if (want > 0) {
		assert(in.p[want - 1] == '}' && parts.at == 0);
		return;
	}
	/* What is not finished, or no object, is none for the parser either. */
	assert(want == -NAT_EROOM || json_parse(&v, in, JSON_DEPTH) < 0 ||
	       v.type != JSON_OBJECT);
}
