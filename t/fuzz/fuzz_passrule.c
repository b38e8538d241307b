/* Rules and lists of what is allowed are read, or not, within what they are. */
#include "fuzz.h"
#include "wire/allowed.h"
#include "wire/passrule.h"

void fuzz(struct bytes in)
{
	struct natpass_request ask = { .told = NATPASS_CADDR,
				       .addr = { in, 22 } };
	struct passrule r;

	if (passrule_parse(&r, in) == 0) {
		assert(fuzz_within(r.target, in) && r.to.port > 0);
		assert(fuzz_within(r.to.host, in));
	}
	if (!allowed_fault(in))
		assert(!allowed_has(in, &ask) || in.n > 2);
}
