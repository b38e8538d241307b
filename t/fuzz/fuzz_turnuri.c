/* Where a TURN server is, written again, is the same; the host is of the text. */
#include "fuzz.h"
#include "wire/turnuri.h"

static bool print(struct fmt *f, struct bytes in)
{
	static const char *const heads[] = { "turn:", "turn:", "turns:" };
	static const char *const tails[] = { "udp", "tcp", "tcp" };
	struct turnuri u;
	bool six;

	if (turnuri_parse(&u, in) < 0)
		return false;
	assert(fuzz_within(u.at.host, in));
	assert(u.at.host.n > 0 && u.transport <= TURN_OVER_TLS);
	six = memchr(u.at.host.p, ':', u.at.host.n) != NULL;
	fmt_put(f, "%s%s", heads[u.transport], six ? "[" : "");
	fmt_bytes(f, u.at.host);
	fmt_put(f, "%s:%u?transport=%s", six ? "]" : "", u.at.port,
		tails[u.transport]);
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
