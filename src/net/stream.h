/* stream - what TCP, TLS, WebSocket and SCTP channels look like from above.
 *
 * Data is pulled, never pushed. A wake only says that it is worth looking.
 * Bytes stay in the bottom layer's buffer until they are taken, and are composed
 * in place in its output buffer: a layer adds its header in room it kept back in
 * reserve, so a write is copied once however deep the stack.
 *
 * Who implements it:
 *  - wake is raised only from the loop, never from inside one of the ops, and
 *    only through STREAM_WAKE, which is always the last thing done;
 *  - the ops never fail: trouble is noted in err and raised as STREAM_DOWN;
 *  - peek shows again what it has shown, until it is taken; and once ended is
 *    set, all that is left: nothing means the end then.
 * Who uses it:
 *  - after a wake, looks at everything that can be looked at;
 *  - a span is good until the next op on that stream or the return to the loop;
 *  - one reserve at a time; commit ends it, commit of 0 forgets it;
 *  - stop may be called at any time, inside wake too. It stops the layers below
 *    as well; after it no wake comes and all storage is the owner's.
 */
#ifndef NAT_NET_STREAM_H
#define NAT_NET_STREAM_H

#include "base/span.h"

enum stream_what {
	STREAM_OPEN = 1, /* usable; said once, by layers with a handshake */
	STREAM_IN = 2,   /* peek may give more than before */
	STREAM_OUT = 4,  /* reserve may give more than before, or finished */
	STREAM_DOWN = 8  /* over, see err; said once */
};

enum stream_kind {
	STREAM_BYTES, /* peek gives some of the bytes, take any of them */
	STREAM_MSGS,  /* peek gives one whole message, take all of it */
	STREAM_LOSSY  /* as MSGS, but a message not taken in its wake is gone */
};

struct stream;

struct stream_ops {
	const char *name;
	enum stream_kind kind;
	/* At least that many bytes in one piece if they are here. */
	struct span (*peek)(struct stream *s, size_t least);
	void (*take)(struct stream *s, size_t n);
	/* Room for at least that many; p NULL: not now, STREAM_OUT will come. */
	struct span (*reserve)(struct stream *s, size_t least);
	void (*commit)(struct stream *s, size_t n);
	/* No more output from here; idempotent. */
	void (*finish)(struct stream *s);
	/* This layer and all below; reset: the peer shall see a reset. */
	void (*stop)(struct stream *s, bool reset);
};

/* Embedded in whoever uses a stream; one for each stream used. */
struct waker {
	void (*wake)(struct waker *w, unsigned what);
};

struct stream {
	const struct stream_ops *ops;
	struct waker *up;
	int err;           /* 0, or the reason of STREAM_DOWN */
	bool ended;        /* the peer has finished; peek still drains */
	bool finished;     /* finish is carried out: nothing is left to send */
	uint32_t most_in;  /* the largest least that peek can ever meet */
	uint32_t most_out; /* the same for reserve */
};

#define STREAM_WAKE(s, what) \
	do { \
		(s)->up->wake((s)->up, (what)); \
		return; \
	} while (0)

static inline struct span stream_peek(struct stream *s, size_t least)
{
	return s->ops->peek(s, least);
}

static inline void stream_take(struct stream *s, size_t n)
{
	s->ops->take(s, n);
}

static inline struct span stream_reserve(struct stream *s, size_t least)
{
	return s->ops->reserve(s, least);
}

static inline void stream_commit(struct stream *s, size_t n)
{
	s->ops->commit(s, n);
}

static inline void stream_finish(struct stream *s)
{
	s->ops->finish(s);
}

static inline void stream_stop(struct stream *s, bool reset)
{
	s->ops->stop(s, reset);
}

#endif
