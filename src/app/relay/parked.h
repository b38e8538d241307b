/* parked - data connections that a client has opened ahead: the next visitor is
 * told of on one of them, and needs no connection to be made first. Pinged at
 * the heartbeat.
 */
#ifndef NAT_APP_RELAY_PARKED_H
#define NAT_APP_RELAY_PARKED_H

#include "app/relay/session.h"

struct visitor;

enum { PARKED_MOST = 32 }; /* of a session */

struct parked {
	struct slot slot;
	struct list node; /* in session->parking */
	struct session *session;
	struct tcp tcp;
	struct waker waker;
	struct timer timer;
	struct json_scan scan;
	int64_t heard;
};

/* Moves the connection here. n is the header's: each may come once. False: too
 * many, or an n of old; then from is as it was.
 */
bool parked_start(struct session *s, struct tcp *from, uint32_t n);

/* Gives the visitor the one that was heard of last. False: there is none. */
bool parked_use(struct session *s, struct visitor *v);

/* The same one, for whatever; there is one. */
void parked_give(struct session *s, struct tcp *to, struct waker *up);

/* All of the session. */
void parked_stop(struct session *s);

#endif
