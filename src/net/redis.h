/* redis - a connection to a Redis server that is kept: dialled again when it is
 * lost, with backoff, and never waited for. Commands are pipelined: each is asked
 * when it occurs and its answer heard later, token by token, in order.
 *
 *      DOWN ─ after a while ─► DIAL ─ connected ─► GREET ─ AUTH, SELECT and
 *        ▲                                           PING went well ─► UP
 *        └──────── lost, refused, silent for REDIS_PATIENCE ──────────┘
 *
 * What comes while nothing is asked is heard too, of kind 0: so who subscribes
 * hears messages.
 */
#ifndef NAT_NET_REDIS_H
#define NAT_NET_REDIS_H

#include "base/backoff.h"
#include "base/opt.h"
#include "net/dial.h"
#include "net/tcp.h"
#include "wire/redisurl.h"
#include "wire/resp.h"

enum {
	REDIS_ASKS = 4096, /* commands whose answers have not come */
	REDIS_COMMAND = RESP_BULK + 1024, /* most bytes of one */
	REDIS_PATIENCE = 2000, /* ms without an answer, and to connect */
	REDIS_PING = 10000,    /* ms of silence until it is asked */
	REDIS_DEPTH = 4,       /* of arrays in arrays */
};

enum redis_state { REDIS_DOWN, REDIS_DIAL, REDIS_GREET, REDIS_UP };

struct redis_ask {
	uint8_t kind; /* the owner's, more than 0 */
	uint32_t tag; /* the owner's */
};

struct redis;
struct redis_ops {
	/* It can be asked; it cannot, and why: once for each time. */
	void (*up)(struct redis *r);
	void (*down)(struct redis *r, const char *why);
	/* A token of an answer; last: it is whole. */
	void (*heard)(struct redis *r, struct redis_ask ask,
		      const struct resp *token, bool last);
};

struct redis { /* fields are private to redis.c but for state */
	struct net *net;
	const struct redisurl *url;
	const struct redis_ops *ops;
	struct dial dial;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct soon again; /* more is here than one turn takes */
	struct backoff backoff;
	uint8_t state; /* enum redis_state */
	uint8_t depth;
	uint32_t first, n; /* asks under way, in a ring */
	int64_t progress;  /* when it last answered or had nothing to, ms */
	int64_t left[REDIS_DEPTH]; /* elements of arrays still to come */
	struct redis_ask asks[REDIS_ASKS];
};

/* Begins to dial. url is lent until redis_stop. */
void redis_start(struct redis *r, struct net *net, const struct redisurl *url,
		 const struct redis_ops *ops);
void redis_stop(struct redis *r);

/* The password of u is the first line of that file, which only its owner may read. 0,
 * or what is wrong has been said through d: -NAT_EINVAL when others can read it.
 */
MUST_USE int redis_read_password(struct redisurl *u, const char *path,
				 struct diag *d);

/* 0, or -NAT_EAGAIN: it is not up, or too much is under way. */
MUST_USE int redis_ask(struct redis *r, struct redis_ask ask,
		       const struct bytes *words, size_t n);

/* How many more can be asked now. */
static inline uint32_t redis_room(const struct redis *r)
{
	return r->state == REDIS_UP ? REDIS_ASKS - r->n : 0;
}

/* It is of no use as it is: dialled again after a while. From within heard it is
 * the last thing done.
 */
void redis_lose(struct redis *r, const char *why);

#endif
