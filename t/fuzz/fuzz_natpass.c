/* A message that is read is printed again as the same. */
#include "fuzz.h"
#include "wire/natpass.h"

void fuzz(struct bytes in)
{
	struct fmt f = fuzz_room(0), again = fuzz_room(1);
	struct bytes message;
	struct natpass m, n;

	if (natpass_read(&m, in) < 0)
		return;
	natpass_put(&f, &m);
	if (f.full)
		return;
	assert(natpass_frame(fmt_done(&f), &message) == (int)f.n);
	assert(natpass_read(&n, message) == 0);
	natpass_put(&again, &n);
	assert(fuzz_same(&f, &again));
}
