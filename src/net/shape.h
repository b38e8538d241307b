/* shape - a limit of bytes a second that pumps keep to: each draws from one or two
 * buckets, and waits in turn when one of them is empty.
 */
#ifndef NAT_NET_SHAPE_H
#define NAT_NET_SHAPE_H

#include "base/bucket.h"
#include "base/list.h"
#include "base/slot.h"
#include "net/stream.h"
#include "os/loop.h"

struct shape { /* zeroed at first; fields are private to shape.c */
	struct bucket bucket;
	struct list waiting; /* of struct shaped */
	struct timer timer;  /* while somebody waits */
	struct loop *loop;
};

/* rate: bytes a second; 0: none. */
void shape_set(struct shape *s, struct loop *loop, uint64_t rate);

/* Nobody waits for it any more, but perhaps its own wake is under way. */
void shape_stop(struct shape *s);

static inline bool shape_limits(const struct shape *s)
{
	return s->bucket.rate > 0;
}

/* May n bytes in one piece go by both? Then they are gone. */
bool shape_lets(struct shape *a, struct shape *b, size_t n);

enum { SHAPES = 2 };
struct shaped { /* of one pump */
	struct slot slot;
	struct list node;
	struct stream *from; /* woken when more may go */
	struct shape *by[SHAPES];
};

void shaped_start(struct shaped *s, struct stream *from, struct shape *a,
		  struct shape *b);
void shaped_stop(struct shaped *s);

/* How many bytes may go now; 0: none, from is woken when some may. */
size_t shaped_may(struct shaped *s);
void shaped_took(struct shaped *s, size_t n);

#endif
