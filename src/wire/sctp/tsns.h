/* tsns - which TSNs have come: all up to cum, and ranges behind it, kept in a buffer
 * of the pool while there are any.
 */
#ifndef NAT_WIRE_SCTP_TSNS_H
#define NAT_WIRE_SCTP_TSNS_H

#include "base/pool.h"
#include "wire/sctp/chunk.h"

enum {
	TSNS_WINDOW = 32768, /* behind cum; gaps are told in 16 bits */
	TSNS_RANGES = 500
};

struct tsn_range {
	uint32_t from, to; /* both are there */
};

struct tsns {
	struct pool *pool;
	struct buf *buf; /* NULL: no ranges */
	uint32_t cum;
	uint32_t n;
};

enum tsns_news { TSNS_NEW, TSNS_KNOWN, TSNS_REFUSED };

/* Would it be new? REFUSED: too far ahead, too many ranges or no buffer. */
enum tsns_news tsns_ask(struct tsns *t, uint32_t tsn);
/* Only what is NEW. */
void tsns_add(struct tsns *t, uint32_t tsn);
/* All up to cum are there. */
void tsns_forward(struct tsns *t, uint32_t cum);
void tsns_clear(struct tsns *t);

static inline const struct tsn_range *tsns_range(const struct tsns *t,
						 uint32_t i)
{
	return (const struct tsn_range *)(const void *)t->buf->p + i;
}

#endif
