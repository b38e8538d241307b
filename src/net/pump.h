/* pump - moves what one stream has to say into another, the one way in which
 * nat forwards anything. Backpressure: what finds no room is not taken.
 *
 * Between two sockets that hold no bytes, once PUMP_SPLICE bytes have gone by,
 * the kernel moves the bytes (splice(2)) through a pooled pipe; where it will
 * not, until then, and while only little comes at a time (a request, an answer: a
 * pipe would cost more), they are copied once. What shaped does not let go yet is not
 * taken either, nor received: so the sender is slowed down.
 */
#ifndef NAT_NET_PUMP_H
#define NAT_NET_PUMP_H

#include "net/net.h"
#include "net/shape.h"
#include "net/stream.h"

enum { PUMP_SPLICE = 64 * 1024, PUMP_LITTLE = 4096, PUMP_CALM = 4 };

struct pump { /* fields are private to pump.c but for moved, over */
	struct net *net;
	struct stream *from, *to;
	struct shaped *shaped; /* limits it; NULL: nothing does */
	int pipe[2];           /* when held or splicing in this turn, else -1 */
	uint32_t held;         /* bytes in the pipe */
	uint8_t calm; /* turns in a row that moved little, PUMP_CALM at most */
	bool copies;  /* splice was refused: never ask again */
	bool over;    /* the end of from has been passed on */
	uint64_t moved;
};

void pump_init(struct pump *p, struct net *net, struct stream *from,
	       struct stream *to);
/* On STREAM_IN of from, STREAM_OUT of to. A message larger than to->most_out
 * raises from->err to -NAT_EROOM.
 */
void pump_run(struct pump *p);
/* Gives the pipe back; bytes in it are lost. */
void pump_stop(struct pump *p);

#endif
