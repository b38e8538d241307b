/* gather - handshake messages put together from fragments (RFC 6347 4.2.2, 4.2.3):
 * whatever way they were cut, in whatever order and however often they come,
 * and cut anew when they are said again.
 *
 *	  0      1        4     6        9
 *	+------+--------+-----+--------+----------+----------
 *	| type | length | seq | offset | how long | that much
 *	+------+--------+-----+--------+----------+----------
 *
 * A message stands in the room behind its head as if it had come whole, which is
 * how a transcript wants it, with a bit behind it for each byte that has come. Of
 * those ahead of the next GATHER_AHEAD are kept, as long as the next has room. What
 * came sealed replaces what did not.
 */
#ifndef NAT_WIRE_DTLS_GATHER_H
#define NAT_WIRE_DTLS_GATHER_H

#include "base/cur.h"

enum { GATHER_AHEAD = 8, GATHER_HEAD = 12 };

struct gather_message {
	bool there;
	uint8_t type, epoch;
	uint32_t at;      /* in the room, of its head */
	uint32_t n;       /* bytes behind that */
	uint32_t missing; /* of them */
};

struct gather {
	struct span room; /* lent */
	size_t used;
	uint16_t next;                             /* to be taken */
	struct gather_message ahead[GATHER_AHEAD]; /* by number, modulo */
};

enum gather_said {
	GATHER_TAKEN,
	GATHER_OLD,     /* of a message that was taken long since */
	GATHER_REFUSED, /* broken, or there is no room, or does not fit others */
};

/* The head of a message that is whole, and of one of its fragments. */
void gather_head(uint8_t to[GATHER_HEAD], uint8_t type, uint16_t seq, size_t n);
void gather_cut(uint8_t head[GATHER_HEAD], size_t at, size_t n);

void gather_start(struct gather *g, struct span room);

/* The fragment at the front of c, which came in a record of that epoch. */
enum gather_said gather_add(struct gather *g, struct cur *c, uint8_t epoch);

/* The next message, with its head, once it is whole; else nothing. */
struct bytes gather_peek(const struct gather *g);
uint8_t gather_epoch(const struct gather *g); /* it came in */

/* Is done with it; that of drop has not counted, and may come again. */
void gather_take(struct gather *g);
void gather_drop(struct gather *g);

#endif
