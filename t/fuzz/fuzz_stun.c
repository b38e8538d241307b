/* What is printed parses and prints as the same; what is signed is believed. */
#include "fuzz.h"
#include "wire/stun_auth.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), again = fuzz_room(1);
	struct stun_user user = { BYTES("u"), BYTES("p") };
	struct stun_challenge c = { .rounds = 0 };
	struct stun m, n;

	if (stun_parse(&m, in) < 0)
		return;
	assert(m.nunknown <= STUN_UNKNOWN);
	assert(!m.software.n || fuzz_within(m.software, in));
	assert(!m.reason.n || fuzz_within(m.reason, in));
	stun_print(&f, &m);
	assert(!f.full);
	assert(stun_parse(&n, fmt_done(&f)) == 0);
	assert(n.type == m.type && n.change == m.change);
	stun_print(&again, &n);
	assert(fuzz_same(&f, &again));
	if (stun_challenged(&c, &m) < 0)
		return;
	f.n = 0;
	stun_print_as(&f, &m, &user, &c);
	assert(stun_parse(&n, fmt_done(&f)) == 0);
	assert(stun_is_theirs(&n, fmt_done(&f), &user, &c));
}
