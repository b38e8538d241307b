/* Two associations with data between them, and one who hides and changes packets: what
 * is held stays within limits and is given back.
 */
#include "sctp.h"

static size_t twist(struct cur *c, struct span b)
{
	uint8_t what = cur_u8(c), at = cur_u8(c);

	if (what % 8 == 1)
		b.p[PACKET_HEAD + at % (b.n - PACKET_HEAD)] ^= what;
	packet_seal(b);
	return what % 8 == 0 ? 0 : b.n;
}

void fuzz(struct bytes in)
{
	struct cur c = cur_of(in);
	struct fuzz_sctp *f = fuzz_sctp(cur_u8(&c));
	uint8_t b[SCTP_MTU_MOST];

	for (unsigned i = 0; cur_left(&c) > 1; i++, f->now += i % 8) {
		struct sctp *s = &f->ends[i % 2];
		struct span p = { b, sctp_output(s, SPAN(b), f->now) };

		if (p.n == 0 ? cur_u8(&c) != 0 : twist(&c, p) > 0)
			sctp_input(&f->ends[!(i % 2)], bytes_in(p), f->now);
	}
	fuzz_sctp_end(f);
}
