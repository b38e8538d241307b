/* pack - writes the messages of TLS: numbers, and vectors with their length in
 * front (RFC 8446 3.4), one inside the other.
 *
 *	size_t list = pack_open(&p, 2);
 *
 *	pack_u16(&p, scheme);
 *	pack_close(&p, list, 2);
 *
 * What does not fit sets full, and nothing more is taken; so does a vector that
 * is longer than its length can say.
 */
#ifndef NAT_WIRE_TLS_PACK_H
#define NAT_WIRE_TLS_PACK_H

#include "base/span.h"

struct pack {
	struct span room;
	size_t n;
	bool full;
};

static inline struct pack pack_to(struct span room)
{
	return (struct pack){ .room = room };
}

/* The next n bytes, to be filled; p is NULL when there is no room. */
struct span pack_room(struct pack *p, size_t n);

/* The lowest width bytes of n, big-endian. */
void pack_uint(struct pack *p, uint64_t n, size_t width);
void pack_bytes(struct pack *p, struct bytes b);

static inline void pack_u8(struct pack *p, uint8_t n)
{
	pack_uint(p, n, 1);
}

static inline void pack_u16(struct pack *p, uint16_t n)
{
	pack_uint(p, n, 2);
}

/* Begins a vector whose length takes width bytes; to be given to pack_close. */
size_t pack_open(struct pack *p, size_t width);
void pack_close(struct pack *p, size_t mark, size_t width);

/* A whole vector at once. */
void pack_vector(struct pack *p, struct bytes b, size_t width);

/* What has been written; nothing when it did not fit. */
static inline struct bytes pack_done(const struct pack *p)
{
	return (struct bytes){ p->room.p, p->full ? 0 : p->n };
}

#endif
