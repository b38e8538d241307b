/* fault - a layer over any stream that does, by chance that repeats, everything
 * that a stream may do to who uses it, and breaks where it is told to.
 *
 *     struct fault f;
 *     struct fault_conf conf = { .split = 1, .refuse = 200, .delay = 3 };
 *
 *     fault_start(&f, &loop, below, &conf, seed, &my_waker);
 *     ... use &f.stream instead of below ...
 *     stream_stop(&f.stream, false);      stops below, too
 *
 * What each field does (0: nothing of the kind):
 *   split      STREAM_BYTES: peek shows, and reserve gives, at most 1..split
 *              bytes more than nothing, least honoured: 1 is byte by byte
 *   refuse     of 1000 peeks and reserves: no more now than what peek has
 *              shown before, though there is more; the wake follows. (Not when
 *              below has ended: all that is left can be looked at then, or how
 *              would one know the end?)
 *   delay      a wake comes 0..delay turns of the loop late (never STREAM_IN of
 *              STREAM_LOSSY, whose message is gone after its wake)
 *   vain       of 1000 wakes: one more with all of IN and OUT and no reason
 *   drop       STREAM_LOSSY: of 1000 messages committed, gone
 *   end_after  so many bytes are taken, then the stream has ended
 *   fail_at    the op with that number, from 1, finds err (0: -NAT_EIO); told
 *              as STREAM_DOWN. ops counts, so that a run without failure says
 *              how many there are to fail
 */
#ifndef NAT_T_UNIT_FAULT_H
#define NAT_T_UNIT_FAULT_H

#include "net/stream.h"
#include "os/loop.h"

struct fault_conf {
	uint32_t split, refuse, delay, vain, drop;
	uint64_t end_after;
	uint32_t fail_at;
	int err;
};

struct fault { /* fields are private to fault.c but for stream, counts */
	struct stream stream;
	uint32_t ops;     /* peek, take, reserve, commit, finish */
	uint32_t dropped; /* messages */
	uint64_t taken;   /* bytes */
	size_t shown;     /* by peek, and to be shown again until taken */
	struct stream *below;
	struct waker from_below;
	struct soon late;
	struct loop *loop;
	struct fault_conf conf;
	uint64_t seed;
	unsigned owed; /* wakes that are late, for so many turns */
	uint32_t turns;
	bool told_down;
};

/* Takes below over; seed: anything but 0. */
void fault_start(struct fault *f, struct loop *l, struct stream *below,
		 const struct fault_conf *conf, uint64_t seed,
		 struct waker *up);

#endif
