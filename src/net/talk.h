/* talk - FAST NAT's control messages over a byte stream: JSON objects one after
 * the other, with or without white space between, each at most 4 KiB.
 */
#ifndef NAT_NET_TALK_H
#define NAT_NET_TALK_H

#include "net/stream.h"
#include "wire/fastnat.h"
#include "wire/json.h"

/* A heard message; the slices of m live in text. */
struct heard {
	struct fastnat m;
	size_t n; /* of the object in text */
	uint8_t text[FASTNAT_OBJECT];
};

/* The next message, taken from the stream. 1; 0: not all of it is here (or the
 * stream has ended: s->ended); -NAT_EPROTO, -NAT_EROOM: this is no such talk.
 */
MUST_USE int talk_hear(struct stream *s, struct json_scan *scan,
		       struct heard *h);

/* Says m, followed by a newline if line. 0, or -NAT_EAGAIN: no room now,
 * STREAM_OUT will come.
 */
MUST_USE int talk_say(struct stream *s, const struct fastnat *m, bool line);

#endif
