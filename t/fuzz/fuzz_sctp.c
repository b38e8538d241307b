/* Any chunks, in any state: the first byte says which state, then packets as length
 * (two bytes) and chunks. Limits hold, nothing is lost of what is held, and time goes on.
 */
#include "sctp.h"

void fuzz(struct bytes in)
{
	struct cur c = cur_of(in);
	struct fuzz_sctp *f = fuzz_sctp(cur_u8(&c));

	while (cur_left(&c) > 2) {
		uint16_t n = cur_u16(&c);

		f->now += n >> 11;
		n = (uint16_t)min_size(n & 2047, cur_left(&c));
		fuzz_sctp_tell(f, 0, cur_bytes(&c, n));
		fuzz_sctp_check(f);
	}
	f->now += 5000;
	fuzz_sctp_tell(f, 0, (struct bytes){ NULL, 0 });
	fuzz_sctp_end(f);
}
