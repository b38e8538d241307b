/* chan - a data channel of an association as a stream of messages; a lossy one, if it
 * was opened so that messages are not sent again.
 */
#ifndef NAT_NET_CHAN_H
#define NAT_NET_CHAN_H

#include "net/assoc.h"
#include "net/bufs.h"
#include "net/stream.h"

struct chan { /* fields are private to chan.c but for stream */
	struct stream stream;
	struct assoc *assoc;
	struct list node;
	struct soon tell;
	struct buf *in;    /* a message that is looked at */
	struct buf *out;   /* one for which there was no room */
	struct span given; /* by reserve */
	uint16_t sid;
	uint8_t what; /* to be told */
	bool closing, told_down;
};

/* Of an association that is open. False: there are too many. */
MUST_USE bool chan_open(struct chan *c, struct assoc *a,
			const struct dcep_open *o, struct waker *up);
/* Within ops->come. */
void chan_take(struct chan *c, struct assoc *a, uint16_t sid, struct waker *up);

/* One message, which may be empty, now; false: it found no room and is lost. */
MUST_USE bool chan_say(struct chan *c, struct bytes message);

/* ---- for assoc.c ---- */

void chan_hear(struct assoc *a, const struct sctp_event *e);
/* All of them are over, by err. */
void chan_fail(struct assoc *a, int err);

#endif
