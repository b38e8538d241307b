/* What is accepted, written as one would, is accepted as the same. */
#include "fuzz.h"
#include "wire/service.h"

static bool print(struct fmt *f, struct bytes in)
{
	static const char *const types[] = {
		[FASTNAT_TCP] = "tcp", "udp", "http", "https"
	};
	struct service s, last;

	if (service_parse(&s, in))
		return false;
	service_at(&last, &s, service_count(&s) - 1);
	assert(last.hi == s.hi && fastnat_is_name(bytes_of(last.name)));
	fmt_put(f, "%s=%s:", s.name, types[s.protocol]);
	service_print_local(f, &s);
	if (s.lo < s.hi)
		fmt_put(f, "-%u", s.hi);
	if (s.public_lo > 0)
		fmt_put(f, "@%u-%u", s.public_lo, s.public_hi);
	fmt_put(f, "%s", s.public_host.n ? "@" : "");
	fmt_bytes(f, s.public_host);
	return true;
}

void fuzz(struct bytes in)
{
	fuzz_fixed(in, print);
}
