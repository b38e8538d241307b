/* wire - two streams joined in memory: what one end says arrives at the other
 * after a while, whole and in order, or not, as its kind allows.
 *
 *     struct wire w;
 *     struct wire_conf conf = { .kind = STREAM_LOSSY, .latency = 20,
 *                               .jitter = 30, .lost = 100, .twice = 20 };
 *
 *     virtual_start(&loop, 10000);
 *     wire_start(&w, &loop, &conf, seed);
 *     w.end[0].stream.up = &my_waker;     (or party_start, pair_start ...)
 *     w.end[1].stream.up = &your_waker;
 *     assert_int_equal(virtual_run(&loop, 60000), VIRTUAL_DRY);
 *     stream_stop(...) of both ends;
 *     wire_stop(&w);
 *
 * Kinds (net/stream.h):
 *   STREAM_BYTES  segments, in order; what is not taken fills window, then
 *                 flight, and then reserve gives nothing: backpressure
 *   STREAM_MSGS   messages, in order; flight of them until taken
 *   STREAM_LOSSY  messages, each with a latency of its own, so later ones
 *                 overtake; lost or twice by chance; one wake for each, and who
 *                 does not take it in that wake has lost it
 * finish arrives behind everything said; stop with reset, stop with something
 * unread, and saying something to an end that is stopped give the other end
 * -NAT_ERESET (not for STREAM_LOSSY, which only falls silent).
 *
 * It checks its user: what was taken, or not taken in its wake, turns to 0xa5;
 * asserts guard the rules of who uses a stream. Same seed, same run. Over a loop
 * in real time (rig.h) it works too, in real milliseconds.
 */
#ifndef NAT_T_UNIT_WIRE_H
#define NAT_T_UNIT_WIRE_H

#include "net/stream.h"
#include "os/loop.h"

struct wire_conf {
	enum stream_kind kind;
	uint32_t latency, jitter; /* ms: latency..latency + jitter */
	uint32_t most;            /* bytes of a segment or message; 0: 1200 */
	uint32_t flight;          /* of them one way; 0: 16 */
	uint32_t window;          /* bytes, STREAM_BYTES; 0: 4 * most */
	uint32_t lost, twice;     /* of 1000, STREAM_LOSSY */
};

struct wire_packet {
	int64_t when; /* it arrives */
	uint32_t seq, n;
	enum { WIRE_FREE, WIRE_ROOM, WIRE_SENT, WIRE_HERE } state;
	uint8_t *p;
};

struct wire;

struct wire_end { /* fields are private to wire.c but for stream */
	struct stream stream;
	struct wire *wire;
	struct wire_packet *packets; /* said here, not yet taken there */
	struct timer arrive;         /* the next of them */
	struct soon tell, expire;
	unsigned what;                /* to tell */
	int64_t last, fin_at, cut_at; /* times at the other end; 0: not yet */
	uint32_t seq;
	uint8_t *in; /* STREAM_BYTES: arrived here */
	uint32_t in_at, in_end;
	bool starved, stuck, gone, told_down;
};

struct wire {
	struct wire_end end[2];
	uint32_t lost, twice,
		missed;    /* counts; missed: not taken in its wake */
	struct loop *loop; /* private from here */
	struct wire_conf conf;
	uint64_t seed;
};

/* seed: anything but 0. The streams' up is the caller's to set. */
void wire_start(struct wire *w, struct loop *l, const struct wire_conf *conf,
		uint64_t seed);
/* Stops what still runs, without a word to anybody, and frees all. */
void wire_stop(struct wire *w);

#endif
