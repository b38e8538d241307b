/* What an owner asks for becomes fields that a head may have, and no more. */
#include "wire/site.h"
#include "fuzz.h"

static void look(const struct site *s, bool answers)
{
	struct fmt f = fuzz_room(0);
	struct http1_scan scan = { .at = 0 };

	fmt_put(&f, "GET / HTTP/1.1\r\nHost: a\r\n");
	site_put(&f, s, answers);
	fmt_put(&f, "\r\n");
	assert(!f.full);
	assert(http1_scan(&scan, fmt_done(&f), f.n + 1) == (long)f.n);
}

void fuzz(struct bytes in)
{
	static struct site s;
	struct fmt f;

	if (site_parse(&s, in))
		return;
	f = fuzz_room(1);
	site_put_page(&f, s.page, true, "404 Not Found");
	assert(!f.full);
	look(&s, false);
	look(&s, true);
}
