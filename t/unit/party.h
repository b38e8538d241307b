/* party - one end of a conversation: says so many bytes that only it could say,
 * finishes, and checks each byte that it hears against what the other end says.
 *
 *     party_start(&a, &w.end[0].stream, &(struct party_conf){ .seed = seed,
 *                 .say = 100000, .hear = 5000, .piece = 300 }, done);
 *
 * It says and hears in pieces of random size, now and then stops in the middle
 * of a wake (.moody of 1000 times; then a turn later it looks again), and stops
 * hearing for good after deaf_after bytes. done is called, as the last thing in
 * a wake, once it has said and heard everything and both have ended, or when the
 * stream is down: see over, err. Never: the caller looks at said and heard.
 *
 * Of messages, each carries its number: whole and in order where the kind says
 * so; of the lossy kind none is ever damaged, and heard counts what came.
 */
#ifndef NAT_T_UNIT_PARTY_H
#define NAT_T_UNIT_PARTY_H

#include "net/stream.h"
#include "os/loop.h"

struct party_conf {
	uint64_t seed;       /* of the conversation: the same at both ends */
	uint64_t say, hear;  /* bytes; or messages, where there are such */
	uint32_t piece;      /* most bytes of one write or message; 0: 1000 */
	uint32_t moody;      /* of 1000 */
	uint64_t deaf_after; /* 0: never */
	bool second;         /* of the two ends the one with the other voice */
	bool keeps;          /* does not finish: that is up to the other */
};

struct party {
	struct waker waker;
	struct stream *s;
	struct party_conf conf;
	uint64_t said, heard,
		repeated; /* repeated: came again or late, LOSSY */
	bool over;
	int err;
	void (*done)(struct party *p);
	struct soon again; /* private from here */
	struct loop *loop;
	uint64_t chance;
	uint32_t next; /* message to come */
};

void party_start(struct party *p, struct loop *l, struct stream *s,
		 const struct party_conf *conf, void (*done)(struct party *));
/* Leaves the stream alone. */
void party_stop(struct party *p);

#endif
