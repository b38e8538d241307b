/* wsock - a tcp whose bytes go in messages of WebSocket (RFC 6455): a byte stream
 * over a byte stream, as a veil (veil.h), and whatever speaks HTTP in between
 * takes it for what it is.
 *
 *	in:   text that is heard, its tail | frames as they came
 *	      ^ the front of the input of the tcp below
 *
 * Binary messages are bytes, however they are parted; an empty one is the end of
 * what its side says, since WebSocket knows no other. A frame is unmasked where it
 * stands and what is not taken yet slid up against it, so that peek(least) sees
 * through the borders of frames; one that is said is composed and masked in the
 * output of the tcp below. Idle, it holds no byte.
 *
 *	CALLED   a server has not heard the whole of a request
 *	CALLS    a client has not said its own,
 *	ASKED    or heard the answer
 *	OPEN     bytes go
 *	OVER     stream.err has been told, or is to be
 *	CLOSES   its owner is gone: until the other side has closed, or WSOCK_LINGER
 *
 * Who stops one that is OPEN says Close; a reset stays a reset. Close that comes
 * before the empty message is the end too, if its code is a good one; anything else
 * is -NAT_ECLOSED. Text, and what breaks the protocol, is answered by Close with the
 * code that says so.
 */
#ifndef NAT_NET_WSOCK_H
#define NAT_NET_WSOCK_H

#include "base/fmt.h"
#include "net/veil.h"

enum {
	WSOCK_LOOK = 5000,     /* ms; how often the times below are looked at */
	WSOCK_CLOSING = 64,    /* most that close; the oldest gives way */
	WSOCK_LATE = 10000,    /* for a handshake */
	WSOCK_LINGER = 5000,   /* for a Close that answers ours */
	WSOCK_SILENCE = 20000, /* then a client pings, for those in between */
	WSOCK_PATH = 128       /* most bytes of a path */
};

#define WSOCK_PROTOCOL "nat" /* the subprotocol; both must name it */

/* Is it in this build? */
extern const bool wsock_known;

/* NULL, or what is wrong with a path. */
const char *wsock_path_fault(struct bytes path);

struct wsocks;
struct wsock_wish {
	uint32_t most;    /* at once */
	const char *path; /* a server's: where they are asked for; lent */
};
/* *s stays NULL on failure, and in a build without the part `ws`. */
MUST_USE int wsocks_start(struct wsocks **s, struct net *net,
			  const struct wsock_wish *wish);
/* All have been stopped by their owners. */
void wsocks_stop(struct wsocks *s);

/* A server's, as long as nothing has been taken from t: its first byte is a
 * letter, as HTTP's is, so that is what it speaks from now on. False: there are
 * too many; t is as it was.
 */
MUST_USE bool wsock_answer(struct wsocks *s, struct tcp *t);

/* Does that request ask for this server, wherever it has come? */
struct http1_request;
bool wsock_wanted(const struct wsocks *s, const struct http1_request *r);

/* A client's: t, which has just been started, asks for that path of that host; all
 * is lent until it is open. False: there are too many.
 */
struct wsock_to {
	struct bytes host, path;
	uint16_t port; /* 0: the one that goes without saying */
};
MUST_USE bool wsock_call(struct wsocks *s, struct tcp *t,
			 const struct wsock_to *to);

/* "ws", "wss"; NULL: it is none. */
const char *wsock_name(const struct tcp *t);

/* What is wrong with t in words, if it knows better than its error. */
bool wsock_explain(struct tcp *t, struct fmt *f);

#endif
