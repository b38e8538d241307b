/* What is read of a description prints and is read as the same. */
#include "fuzz.h"
#include "wire/sdp.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0);
	struct sdp s, got;
	struct candidate c;
	size_t at = 0;

	if (sdp_parse(&s, in) < 0)
		return;
	assert(fuzz_within(s.ufrag, in) && fuzz_within(s.pwd, in));
	while (sdp_candidate(&s, &at, &c))
		assert(fuzz_within(c.foundation, in) && at <= s.text.n);
	sdp_print(&f, &s, NULL, 0);
	assert(!f.full);
	assert(sdp_parse(&got, fmt_done(&f)) == 0);
	assert(bytes_equal(got.ufrag, s.ufrag) && bytes_equal(got.pwd, s.pwd));
	assert(got.port == s.port && got.message == s.message);
	assert(got.setup == s.setup && got.nprints == s.nprints);
	for (size_t i = 0; i < s.nprints; i++)
		assert(got.prints[i].n == s.prints[i].n &&
		       !memcmp(got.prints[i].digest, s.prints[i].digest,
			       s.prints[i].n));
	assert(got.nsections == (s.nsections ? s.nsections : 1));
}
