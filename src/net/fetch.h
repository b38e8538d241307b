/* fetch - one request of HTTP and its answer, for small answers of hosts that are
 * known by their number: over a connection of its own, which then ends.
 */
#ifndef NAT_NET_FETCH_H
#define NAT_NET_FETCH_H

#include "net/dial.h"
#include "net/tcp.h"
#include "wire/http1.h"

enum { FETCH_ASK = 2048 /* most bytes of a request */ };

struct fetch { /* fields are private to fetch.c */
	struct net *net;
	void (*done)(struct fetch *f, unsigned status, struct bytes body);
	struct dial dial;
	struct tcp tcp;
	struct waker waker;
	struct timer late;
	struct span room;     /* what the body is put together in */
	size_t asked, filled; /* bytes of ask; of room */
	unsigned status;      /* 0: the head is not here yet */
	struct http1_scan scan;
	struct body body;
	uint8_t ask[FETCH_ASK];
};

/* request (copied) goes to `to`; done comes once, from the loop, within patience ms:
 * with a status of HTTP and a body in room, cut where room ends; or with status 0. It
 * may start f again.
 */
void fetch_start(struct fetch *f, struct net *net, const struct addr *to,
		 struct bytes request, int64_t patience);
/* Before fetch_start. */
void fetch_init(struct fetch *f, struct span room,
		void (*done)(struct fetch *f, unsigned status,
			     struct bytes body));
/* done does not come after. */
void fetch_stop(struct fetch *f);

static inline bool fetch_runs(const struct fetch *f)
{
	return f->net != NULL;
}

#endif
