/* call - one connection to a private service of another client: the local side
 * and a connection to the relay, joined when the relay says that all is well.
 * Until then nothing of what the local side says is taken.
 *
 *      state   means                            leaves by
 *      WAIT    the relay is not there           session up -> DIAL
 *      DIAL    dialling the relay's intPort     connected -> ASK
 *      ASK     the header is said               the answer -> PAIR
 *      PAIR    bytes are moved
 *
 * A session that is lost sends those that are not joined back to WAIT.
 */
#ifndef NAT_APP_CLIENT_CALL_H
#define NAT_APP_CLIENT_CALL_H

#include "base/slot.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/talk.h"
#include "net/tcp.h"
#include "wire/target.h"

struct client;
struct reach;

#define CALL_STATES(X) X(WAIT) X(DIAL) X(ASK) X(PAIR)

enum call_state {
#define X(name) CALL_##name,
	CALL_STATES(X)
#undef X
};

/* What is needed until it is joined. */
struct calling {
	struct slot slot;
	struct call *call;
	struct waker here, there; /* the local side, the relay's */
	struct timer limit;
	struct json_scan scan;
	struct dial dial;
};

struct call {
	struct slot slot;
	struct reach *reach;
	struct addr from; /* the local side; none: stdio */
	int64_t since;
	enum call_state state;
	struct stream *local; /* of tcp, or stdio */
	struct tcp tcp, relay;
	struct calling *calling; /* NULL once joined */
	struct pair pair;
};

/* Takes fd over (-1: stdio) or closes it when there are too many. */
void call_start(struct reach *r, int fd, const struct addr *from);

/* The session is up; it is over. */
void calls_begin(struct client *c);
void calls_end(struct client *c);

/* All of them. */
void calls_stop(struct client *c);

#endif
