/* channel - data channels over the streams of an association (RFC 8831, 8832): one
 * is opened by a message, carries texts and bytes, empty ones too, and is closed by
 * resetting its stream both ways.
 *
 *	sid = channel_open(&s, &o, now);
 *	rc = channel_send(&s, sid, CHANNEL_BINARY, text, now);
 *	SCTP_MESSAGE_IN: while (channel_recv(&s, sid, room, &in, now)) ...
 *	SCTP_ENDED: the peer closes; sctp_reset(&s, sid) when our last has been said
 */
#ifndef NAT_WIRE_SCTP_CHANNEL_H
#define NAT_WIRE_SCTP_CHANNEL_H

#include "wire/sctp/dcep.h"
#include "wire/sctp/sctp.h"

enum {
	CHANNEL_LABEL = 256, /* most of label and protocol together, ours */
	CHANNEL_TURNS = 1024 /* numbers below it, or the peer's most, in turn */
};

enum channel_what {
	CHANNEL_OPENED, /* by the peer; open says how, and is answered */
	CHANNEL_ACKED,  /* ours: the peer knows of it; or its OPEN once more */
	CHANNEL_TEXT,   /* text, which may be empty */
	CHANNEL_BINARY,
	CHANNEL_WRONG /* the peer is: to be closed */
};

struct channel_in {
	uint8_t what; /* enum channel_what */
	struct bytes text;
	struct dcep_open open;
};

/* On the next free stream that is ours: odd when we are the DTLS server. Its
 * number, or an error of sctp_send. Messages may follow at once.
 */
MUST_USE int channel_open(struct sctp *s, const struct dcep_open *o,
			  int64_t now);

/* As sctp_send does, by the type of the channel; text may be empty. */
MUST_USE int channel_send(struct sctp *s, uint16_t sid, enum channel_what kind,
			  struct bytes text, int64_t now);

/* The next message of a stream, in room, which is of conf->message bytes; false:
 * there is none.
 */
bool channel_recv(struct sctp *s, uint16_t sid, struct span room,
		  struct channel_in *in, int64_t now);

#endif
