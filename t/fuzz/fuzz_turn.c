/* A client of TURN hears anything; what it takes for data lies in what came. */
#include "base/cur.h"
#include "fuzz.h"
#include "ice.h"

void fuzz(struct bytes in)
{
	static struct turn turn;
	struct cur c = cur_of(in);
	struct turn_data got;
	int64_t now = 1000;

	fuzz_turn_begin(&turn, now);
	while (cur_left(&c) > 1) {
		uint8_t flags = cur_u8(&c), n = cur_u8(&c);
		struct bytes b = cur_bytes(&c, min_size(n, cur_left(&c)));
		struct fmt f = fuzz_room(0);

		assert(turn_frame(b) <= (int)b.n);
		if (flags & 1)
			b = fuzz_turn_answer(&turn, b, &f);
		if (turn_input(&turn, b, now, &got) > 0)
			assert(fuzz_within(got.data, b));
		now += fuzz_turn_turn(&turn, now, flags);
	}
}
