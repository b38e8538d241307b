/* shared - requests of many visitors over one connection to their client (net/mux.h):
 * what a data connection is for one, a strand of it is for each. Begun when a
 * service has so many busy visitors at once that it pays, for clients that have said
 * that they know it; a parked connection becomes it.
 */
#ifndef NAT_APP_RELAY_SHARED_H
#define NAT_APP_RELAY_SHARED_H

#include "app/relay/session.h"
#include "net/mux.h"
#include "wire/http1.h"

enum {
	SHARED_SHORT = 64 * 1024, /* most of a request that may share, and */
	SHARED_BULK = 256 * 1024  /* of an answer before the next one does */
};

struct web;
struct web_conn;
struct published;
struct visitor;

struct shared {
	struct slot slot;
	struct relay *relay;
	struct timer timer;
	bool used;  /* since it was looked at last */
	bool ready; /* the client has answered: */
	union {
		struct mux mux;
		struct tcp tcp; /* it has not */
	};
	struct waker waker;
	struct json_scan scan;
};

struct sharing { /* of the whole relay */
	struct span memory;
	struct slots table, strands;
};

/* -NAT_EMEMORY. */
MUST_USE int shared_start(struct web *web);
/* There are no visitors any more. */
void shared_stop(struct web *web);

/* The request at hand is one that p answers, or is no longer. */
void shared_enter(struct web_conn *c, struct published *p);
void shared_leave(struct web_conn *c);

/* Is it, by its head, for a data connection of its own: long, or for long? */
bool shared_unfit(const struct http1_head *h);
/* Is the data connection that it has the wrong one for the request at hand? */
bool shared_moves(const struct web_conn *c, const struct published *p);

#endif
