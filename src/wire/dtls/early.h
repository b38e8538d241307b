/* early - a few datagrams, or records of them, that came before anybody could use
 * them: a ClientHello while ICE or the description is not there yet, what is sealed
 * and has overtaken the keys. What does not fit is dropped, as a network may.
 */
#ifndef NAT_WIRE_DTLS_EARLY_H
#define NAT_WIRE_DTLS_EARLY_H

#include "base/span.h"

enum { EARLY_MOST = 4, EARLY_ROOM = 4096 };

struct early {              /* zeroed is empty; the room needs no preparation */
	uint8_t first, end; /* of sizes: those that are kept */
	uint16_t sizes[EARLY_MOST];
	uint16_t from, used; /* of room */
	uint8_t room[EARLY_ROOM];
};

static inline unsigned early_count(const struct early *e)
{
	return (unsigned)e->end - e->first;
}

void early_keep(struct early *e, struct bytes b);

/* The oldest, which is kept no longer, to be opened where it stands; lent until
 * the next call. Nothing: there is none.
 */
struct span early_take(struct early *e);

#endif
