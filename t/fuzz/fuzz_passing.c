/* A message that is passed on keeps all but the envelope. */
#include "fuzz.h"
#include "wire/natpass.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), again = fuzz_room(1);
	struct bytes message;
	struct natpass m;

	if (natpass_frame(in, &message) > 0)
		assert(fuzz_within(message, in));
	if (natpass_envelope(&m, in) < 0)
		return;
	m.from = BYTES("a");
	if (natpass_forward(&f, &m, in) < 0)
		return;
	assert(natpass_frame(fmt_done(&f), &message) == (int)f.n);
	assert(natpass_envelope(&m, message) == 0);
	assert(natpass_forward(&again, &m, message) == 0);
	assert(fuzz_same(&f, &again));
	assert(natpass_stands(&m, message));
}
