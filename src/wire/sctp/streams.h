/* streams - those of an association that are in use, by their number: 65,536 may
 * be, but only those that are take memory, in buffers of the pool, the first few in
 * the association itself.
 */
#ifndef NAT_WIRE_SCTP_STREAMS_H
#define NAT_WIRE_SCTP_STREAMS_H

#include "base/map.h"
#include "wire/sctp/store.h"

enum { STREAMS_OWN = 2, STREAMS_BUCKETS = 16 };

/* How far we have asked for the reset of a stream, and of which way of it: the one that
 * we send on, or the one that the peer does (RFC 6525).
 */
enum stream_reset { RESET_NO, RESET_WANTED, RESET_ASKED, RESET_OVER };
enum stream_way { RESET_OUT, RESET_IN, RESET_WAYS };

struct sctp_stream {          /* fields are the engine's but for user */
	struct map_node node; /* by number */
	struct list all, turn, news;
	struct list out;   /* pieces that wait to be sent */
	struct list ready; /* pieces of whole messages to be received */
	struct list early; /* the same, behind a gap in ssn */
	uint32_t unsent;   /* bytes in out, heads included */
	uint32_t last;     /* TSN of what was sent last */
	uint32_t refused;  /* as many had no room, somebody waits; 0: none */
	uint16_t sid, ssn_out, ssn_in;
	uint8_t events;            /* bits of enum sctp_what */
	uint8_t reset[RESET_WAYS]; /* enum stream_reset */
	bool ended;                /* the peer has reset its direction */
	bool told_end;
	bool used;
	struct {
		uint32_t limit;
		uint8_t kind, state;
	} user; /* channel.c's, or the owner's */
};

struct streams {
	struct pool *pool;
	struct map map;
	struct map_node *buckets[STREAMS_BUCKETS];
	struct list all;
	struct buf *more; /* of streams, each points to the next */
	uint32_t n, most;
	struct sctp_stream own[STREAMS_OWN];
};

void streams_init(struct streams *s, struct pool *pool, uint32_t most);

/* NULL: there is none. */
struct sctp_stream *streams_find(const struct streams *s, uint16_t sid);
/* NULL: the limit is reached, or the pool is empty. */
struct sctp_stream *streams_need(struct streams *s, uint16_t sid);
/* Its lists must be empty. */
void streams_drop(struct streams *s, struct sctp_stream *x);
/* Gives the buffers back; nothing may be in use. */
void streams_clear(struct streams *s);

static inline struct sctp_stream *stream_all(struct list *node)
{
	return container_of(node, struct sctp_stream, all);
}

#endif
