/* park - data connections opened ahead, on which the relay tells of visitors:
 * as many as the demand of late asks for, none of the visitors waits for one.
 */
#ifndef NAT_APP_CLIENT_PARK_H
#define NAT_APP_CLIENT_PARK_H

#include "base/slot.h"
#include "net/dial.h"
#include "net/talk.h"
#include "net/tcp.h"

struct client;
struct link;

enum {
	PARKS_MOST = 32,   /* the relay takes no more */
	PARKS_SHARED = 224 /* of connections that visitors share, at once */
};

struct park {
	struct slot slot;
	struct client *client;
	struct link *link; /* whom it is given to while that dials; or NULL */
	bool open;
	bool shares; /* it is a strand (shares.h): its visitor is there already */
	struct waker waker;
	struct json_scan scan;
	int64_t heard;
	union {
		struct dial dial; /* !open */
		struct tcp tcp;
	};
};

struct parks { /* fields are private to park.c */
	struct slots table;
	uint8_t mem[PARKS_MOST + PARKS_SHARED][sizeof(struct park)];
	struct timer timer;
	uint32_t want, spare; /* how many; the least that were unused of late */
	uint32_t n;           /* the last number used */
};

void parks_init(struct client *c);
/* The session is up: opens the first, or heeds another limit. It is over: closes
 * those not given away.
 */
void parks_fit(struct client *c);
void parks_end(struct client *c);

/* One was given away: more may be wanted. */
void parks_used(struct client *c);

/* The connection that was given to p->link moves to it; p is gone. */
void park_move(struct park *p, struct tcp *to, struct waker *up);
/* One more that has no tcp yet; NULL: too many. */
struct park *park_shared(struct client *c);
/* Is it a strand? */
bool park_shares(const struct park *p);
/* It is not wanted any more. */
void park_drop(struct park *p);

#endif
