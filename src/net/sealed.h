/* sealed - a tcp whose bytes are records of TLS: a byte stream over a byte
 * stream, as a veil (veil.h).
 *
 *	in:   text that is open, its tail | records as they came
 *	      ^ the front of the input of the tcp below
 *
 * A record is opened where it stands, and text that is not taken yet slid up
 * against it, so that peek(least) sees through the borders of records. What goes
 * out is sealed in the output of the tcp below. Idle, it holds no byte.
 *
 * What is said before STREAM_OPEN is kept until then, as much as a buffer holds:
 * nothing goes to one who is not known. An end without
 * close_notify is -NAT_ECLOSED, not an end. What the handshake needs is lent by
 * struct seals.
 */
#ifndef NAT_NET_SEALED_H
#define NAT_NET_SEALED_H

#include "net/seals.h"
#include "net/veil.h"
#include "wire/tls/tls.h"

/*	CALLED   a server has not heard a whole record
 *	WAITS    for a place among the handshakes
 *	SHAKES   has one
 *	OPEN     data may go
 *	OVER     stream.err has been told, or is to be
 */
enum sealed_state {
	SEALED_CALLED,
	SEALED_WAITS,
	SEALED_SHAKES,
	SEALED_OPEN,
	SEALED_OVER
};

struct sealed { /* fields are private to sealed.c, seals.c */
	struct slot slot;
	struct list node; /* among those that are due, or wait */
	struct seals *seals;
	const struct sealed_kind *kind;
	struct veil veil;
	struct shake *shake; /* SHAKES */
	struct buf *early;   /* what is said before it is OPEN; NULL: nothing */
	struct span out;     /* reserved below */
	uint32_t text, tail; /* bytes that are open; of no use behind them */
	uint8_t state;       /* enum sealed_state */
	bool finishing, told_open, told_down;
	struct tls tls;
};

/* What moves in t is sealed from now on. False: there is no place for one more,
 * and t is as it was. kind is lent until it has ended.
 */
bool sealed_start(struct seals *s, struct tcp *t,
		  const struct sealed_kind *kind);

/* The one that seals t, under what veils ever; NULL: nobody does. */
struct sealed *sealed_of(const struct tcp *t);

/* For records.c: what the engine has to say for itself. False: there is more, and
 * no room for it now.
 */
bool sealed_say(struct sealed *x);

/* For seals.c: it has its place; one step of it; it is over by err. */
void sealed_begin(struct sealed *x);
void sealed_step(struct sealed *x);
void sealed_fail(struct sealed *x, int err);

#endif
