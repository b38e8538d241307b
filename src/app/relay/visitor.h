/* visitor - somebody who came to a published port, or a client that visits a
 * private service: waits, announced to the client, until its data connection
 * comes; then both are a pair.
 */
#ifndef NAT_APP_RELAY_VISITOR_H
#define NAT_APP_RELAY_VISITOR_H

#include "app/relay/published.h"
#include "base/addr.h"
#include "net/pair.h"
#include "net/tcp.h"
#include "wire/json.h"

enum {
	VISITOR_TELL_MS = 2500,   /* between tellings of who waits; */
	VISITOR_TELLINGS = 4,     /* its outId is dead after the last one's; */
	VISITOR_FEW = 64,         /* with more, a client is merely behind */
	VISITOR_ANSWER_MS = 1000, /* of a parked connection */
	VISITOR_EARLY = 4096      /* bytes said before it has answered */
};

struct web_conn;

struct visitor_wait { /* until the data connection comes */
	struct map_node by_id;
	struct list node; /* in session->unannounced, waits->asked or told */
	struct waker waker, answer;
	int64_t deadline; /* of this telling; 0: not announced yet */
	struct json_scan scan;
	uint16_t early; /* bytes of outer, not taken, that inner has */
	uint8_t told;   /* how often the client was */
	bool tried;     /* a parked connection was; */
	bool asked;     /* it is inner, and has not answered yet */
	uint8_t moves;  /* how often another was to serve it */
	uint8_t out_id_n;
	uint8_t out_id[FASTNAT_NONCE];
};

struct visitor { /* idle, this is all that nat holds of it */
	struct slot slot;
	struct published *published;
	int64_t since;
	struct slot_name by;  /* the session that visits; gen 0: none */
	struct web_conn *web; /* whose requests it carries (web.h); or NULL */
	uint16_t early;       /* bytes that went ahead of the pair */
	bool paired;
	union {
		struct visitor_wait wait; /* !paired */
		struct pair pair;         /* paired */
	};
	struct addr from;
	struct tcp outer, inner; /* the visitor's side, the client's side */
};

/* Takes fd over, or closes it when a limit is reached. */
void visitor_start(struct published *p, int fd, const struct addr *from);

/* The same for a connection of the session by, which moves here: it is told when
 * its visit begins, or why it does not. False: there are too many.
 */
bool visitor_start_private(struct published *p, struct tcp *from,
			   struct session *by);

/* The same for a connection of somebody who visits on behalf of that address. */
bool visitor_start_told(struct published *p, struct tcp *from,
			const struct addr *who);

/* The same for requests that web has, which come from there: outer does not run. NULL:
 * there are too many.
 */
struct visitor *visitor_start_web(struct published *p, struct web_conn *web,
				  const struct addr *from);

/* The one that waits under this outId, or NULL. */
struct visitor *visitor_find(struct relay *r, struct bytes out_id);

/* Tells the client of it. 0, or -NAT_EAGAIN. */
MUST_USE int visitor_say(const struct visitor *v);

/* Tells of it on a parked connection, which moves here; what it says until that
 * has answered goes along. No answer: it is announced in the usual way.
 */
void visitor_ask(struct visitor *v, struct tcp *parked);
/* For waits->answer. */
void visitors_unanswered(struct timer *t);

/* Announced just now. */
void visitor_announced(struct visitor *v);

/* The data connection has come: from moves here. Then visitor_carry, the last
 * thing that the caller does in its wake.
 */
void visitor_take(struct visitor *v, struct tcp *from);
void visitor_carry(struct visitor *v);

/* Who should have served it cannot, or its client is gone: another of its group is
 * told of it as if it had just come. False: there is none.
 */
bool visitor_go_on(struct visitor *v, const struct session *gone);

/* What it has moved so far. */
struct traffic visitor_moved(const struct visitor *v);

/* why: for the line in the log; err as for pair_stop. */
void visitor_stop(struct visitor *v, int err, const char *why);

/* Those of a session: the ones that wait, and the others too if all. */
void visitors_stop(struct session *s, bool all, const char *why);

/* For waits->expiry. */
void visitors_expire(struct timer *t);

#endif
