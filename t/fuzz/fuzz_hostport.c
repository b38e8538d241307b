/* A host and a port, written again, are the same; the host is of the text. */
#include "base/addr.h"
#include "fuzz.h"

static bool print(struct fmt *f, struct bytes in)
{
	struct hostport hp;
	bool six;

	if (hostport_parse(&hp, in) < 0)
		return false;
	assert(fuzz_within(hp.host, in));
	six = hp.host.n > 0 && memchr(hp.host.p, ':', hp.host.n);
	fmt_put(f, "%s", six ? "[" : "");
	fmt_bytes(f, hp.host);
	fmt_put(f, "%s:%u", six ? "]" : "", hp.port);
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
