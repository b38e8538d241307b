/* flight - what we say in one go of a handshake (RFC 6347 4.2.4): kept as messages,
 * packed into datagrams, and said again when no answer comes.
 *
 * Cut for each time it goes out, so that the MTU may have changed: a message goes
 * whole where it fits into a datagram, else in pieces that fill them. Time from
 * going out to an answer is measured. The first wait is twice a round trip, within
 * FLIGHT_LEAST and FLIGHT_FIRST, and doubles up to FLIGHT_MOST or the first, if that
 * is more: no handshake waits for a second by default.
 */
#ifndef NAT_WIRE_DTLS_FLIGHT_H
#define NAT_WIRE_DTLS_FLIGHT_H

#include "wire/dtls/epoch.h"
#include "wire/dtls/gather.h"
#include "wire/tls/pack.h"

enum {
	FLIGHT_LEAST = 50,    /* ms */
	FLIGHT_UNKNOWN = 100, /* round trip, when nobody knows */
	FLIGHT_MOST = 1000,
	FLIGHT_FIRST = 3000,
	FLIGHT_MESSAGES = 8,
	FLIGHT_ROOM =
		6144,    /* of all of them: certificates of RSA, two or three */
	FLIGHT_CCS = 255 /* a type: ChangeCipherSpec, which is no message */
};

struct flight_message {
	uint8_t type, epoch;
	uint16_t seq, at, n; /* where its body is, how long */
};

struct flight {
	struct flight_message said[FLIGHT_MESSAGES];
	uint8_t n;
	uint8_t at;    /* being packed: of these */
	uint16_t done; /* bytes of that */
	bool going;    /* there is more of it to go out now */
	bool again;    /* it has been out before */
	bool asked;    /* goes again only when the peer does */
	uint16_t seq;  /* of our next message */
	uint32_t wait; /* ms */
	int64_t out;   /* when it was out */
	uint16_t used;
	uint8_t room[FLIGHT_ROOM];
};

struct flight_ways { /* by epoch */
	struct epoch *ways[2];
};

void flight_start(struct flight *f, uint32_t rtt_ms);

/* The beginning of an answer: a round trip is measured, and another wait begins. */
void flight_heard(struct flight *f, int64_t now);
/* The answer is whole: an empty flight. */
void flight_answered(struct flight *f);

/* Where the next body goes; then it is added. False: there is no room. */
struct pack flight_room(struct flight *f);
MUST_USE bool flight_add(struct flight *f, uint8_t type, uint8_t epoch,
			 const struct pack *body);
/* The last that was added, with a head as if it went whole, from *head on. */
struct bytes flight_last(const struct flight *f, uint8_t head[GATHER_HEAD]);

/* Goes out, or once more: all of it. */
void flight_go(struct flight *f);

/* When it is time to go again; only while it waits for an answer. */
bool flight_waits(const struct flight *f);
int64_t flight_due(const struct flight *f);
void flight_late(struct flight *f); /* it was: wait longer from here on */

/* An old message was heard, so ours may be lost: goes again, but not because of
 * copies that were on the way at the same time.
 */
void flight_missed(struct flight *f, int64_t now);

/* The next datagram of it in to, which has room for 64 bytes or more; 0: it is
 * out.
 */
size_t flight_pack(struct flight *f, const struct flight_ways *w,
		   struct span to, int64_t now);

#endif
