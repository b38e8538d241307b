/* An agent hears anything, signed where a bit says so: it stays whole, and its time
 * goes on. Input: pieces of a byte of flags, one of length, and a datagram.
 */
#include "base/cur.h"
#include "fuzz.h"
#include "ice.h"

void fuzz(struct bytes in)
{
	static struct ice ice;
	struct cur c = cur_of(in);
	int64_t now = 1000;

	fuzz_ice_begin(&ice, now);
	while (cur_left(&c) > 1) {
		uint8_t flags = cur_u8(&c), n = cur_u8(&c);
		struct fmt f = fuzz_room(0);
		struct bytes b = cur_bytes(&c, min_size(n, cur_left(&c)));
		struct ice_heard h = { .base = flags & 1,
				       .from = fuzz_ice_from(flags) };

		h.data = flags & 8 ? fuzz_ice_signed(&ice, b, flags, &f) : b;
		(void)ice_input(&ice, &h, now);
		now += fuzz_ice_turn(&ice, now, flags);
	}
}
