/* store - pieces of messages, many to a buffer of the pool: each takes the next
 * bytes of the buffer that is open, and a buffer goes back when its last piece has.
 * Who holds no piece holds no buffer.
 */
#ifndef NAT_WIRE_SCTP_STORE_H
#define NAT_WIRE_SCTP_STORE_H

#include "base/pool.h"

enum piece_fate {
	PIECE_WAITS, /* to be sent for the first time */
	PIECE_FLIES, /* sent, and nothing is known */
	PIECE_LOST,  /* to be sent again */
	PIECE_THERE, /* acknowledged, if not for good (RFC 9260 6.2.1) */
	PIECE_LAPSED /* nobody waits for it (RFC 3758) */
};

/* A DATA chunk, on its way out or in. */
struct piece {
	struct list node;
	struct buf *home;
	uint32_t tsn, ppid;
	uint16_t sid, ssn;
	uint16_t n;
	uint8_t flags;            /* enum of chunk.h */
	uint8_t fate;             /* enum piece_fate */
	uint32_t whole;           /* in, the first of a message: bytes of it */
	uint32_t serial;          /* out: of the packet that has it */
	uint16_t sent, most_sent; /* times; 0: no limit */
	int64_t sent_at;
	int64_t until; /* is of use; 0: for ever */
	uint8_t data[];
};

enum { PIECE_HEAD = offsetof(struct piece, data) };

struct store {
	struct pool *pool;
	struct buf *open;
	uint32_t held; /* bytes, heads included */
	uint8_t use;   /* enum pool_use */
};

static inline struct piece *piece_at(struct list *node)
{
	return container_of(node, struct piece, node);
}

static inline void store_init(struct store *s, struct pool *pool,
			      enum pool_use use)
{
	*s = (struct store){ .pool = pool, .use = (uint8_t)use };
}

/* What a piece of n bytes holds. */
static inline uint32_t piece_cost(size_t n)
{
	return (uint32_t)((PIECE_HEAD + n + 7) & ~(size_t)7);
}

/* Its fields are zero but for n and home, it is in no list. NULL: the pool has
 * none; n is at most 2,048.
 */
struct piece *store_get(struct store *s, size_t n);
/* Takes it out of its list. */
void store_put(struct store *s, struct piece *p);
/* All of a list. */
void store_drop(struct store *s, struct list *pieces);

#endif
