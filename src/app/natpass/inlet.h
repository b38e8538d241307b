/* inlet - whole frames out of a stream. Where they are shown in one piece they are
 * read where they stand; one that is longer than the stream ever shows (by TLS, 52
 * KiB) is gathered in a buffer, which is held until it has been dealt with.
 */
#ifndef NAT_APP_NATPASS_INLET_H
#define NAT_APP_NATPASS_INLET_H

#include "net/bufs.h"
#include "net/stream.h"

struct inlet { /* fields are private to inlet.c */
	struct net *net;
	struct stream *from;
	struct buf *whole; /* NULL: none is gathered */
	struct buf_wait wait;
};

/* ready, with &inlet->wait: there may be memory now, look again. */
void inlet_start(struct inlet *i, struct net *net, struct stream *from,
		 void (*ready)(struct buf_wait *));
void inlet_stop(struct inlet *i);

/* The bytes of the next frame, of most at most: 0: more must come; -NAT_EROOM: it is
 * longer; -NAT_EPROTO: its CRC is wrong, *message is empty. message is lent until
 * inlet_take, which goes on behind it.
 */
MUST_USE int inlet_next(struct inlet *i, size_t most, struct bytes *message);
void inlet_take(struct inlet *i, struct bytes message);

#endif
