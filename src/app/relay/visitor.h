/* visitor - somebody who came to a published port: waits, announced to the
 * client, until its data connection comes; then both are a pair.
 */
#ifndef NAT_APP_RELAY_VISITOR_H
#define NAT_APP_RELAY_VISITOR_H

#include "app/relay/published.h"
#include "base/addr.h"
#include "net/pair.h"
#include "net/tcp.h"

enum { VISITOR_WAIT_MS = 10000 }; /* an outId is dead after that */

struct visitor_wait { /* until the data connection comes */
	struct map_node by_id;
	struct list node; /* in session->unannounced or relay->waiting */
	struct waker waker;
	int64_t deadline; /* 0: not announced yet */
	uint8_t out_id[FASTNAT_NONCE];
	uint8_t out_id_n;
};

struct visitor { /* idle, this is all that nat holds of it */
	struct slot slot;
	struct tcp outer, inner; /* the visitor's side, the client's side */
	struct relay *relay;
	struct published *published;
	struct addr from;
	int64_t since;
	bool paired;
	union {
		struct visitor_wait wait; /* !paired */
		struct pair pair;         /* paired */
	};
};

/* Takes fd over, or closes it when a limit is reached. */
void visitor_start(struct published *p, int fd, const struct addr *from);

/* The one that waits under this outId, or NULL. */
struct visitor *visitor_find(struct relay *r, struct bytes out_id);

/* Announced just now. */
void visitor_announced(struct visitor *v);

/* The data connection has come: from moves here. Then visitor_carry, the last
 * thing that the caller does in its wake.
 */
void visitor_take(struct visitor *v, struct tcp *from);
void visitor_carry(struct visitor *v);

/* why: for the line in the log; err as for pair_stop. */
void visitor_stop(struct visitor *v, int err, const char *why);

/* Those of a session: the ones that wait, and the others too if all. */
void visitors_stop(struct session *s, bool all, const char *why);

/* For relay->expiry. */
void visitors_expire(struct timer *t);

#endif
