/* session - a client: logged in, or plain (--open). */
#ifndef NAT_APP_RELAY_SESSION_H
#define NAT_APP_RELAY_SESSION_H

#include "app/relay/core.h"
#include "app/relay/path.h"
#include "net/talk.h"
#include "net/tcp.h"

struct published;

struct parking {          /* see parked.h */
	struct list list; /* the one heard of last at the end */
	struct carrier_window numbers;
	uint32_t n;
	struct slot_name shared; /* see shared.h */
};

struct session_counts {
	uint32_t published;
	uint32_t pending;  /* visitors of TCP not carried yet */
	uint32_t expected; /* data connections that are to come */
	uint32_t visitors; /* of TCP and UDP, of what it publishes now */
};

struct visits {       /* see private.h */
	uint32_t n;   /* at once */
	uint32_t top; /* the largest number of a header, and of the 1,024 up */
	uint32_t seen[32]; /* to it which have come */
};

struct standing { /* what it logged in as, and when */
	int64_t since;
	bool own_token; /* by a token of its own name */
	bool guest;     /* it publishes nothing, and does not hold its name */
	int64_t heartbeat; /* ms, as it was told */
	bool unheard;      /* an answer found no buffer: it ends */
	uint8_t token_tag[TOKEN_TAG];
};

struct session {
	struct slot slot;
	struct relay *relay;
	bool plain;
	uint16_t int_port;          /* where its data connections arrive */
	struct slot_name in_flight; /* plain: the visitor announced last */
	int64_t heard;
	struct waker waker;
	struct json_scan scan;
	struct list published;
	struct list unannounced; /* visitors the client has not been told of */
	struct session_counts n;
	struct timer timer; /* heartbeat; of a plain client: pace */
	uint8_t id[FASTNAT_ID];
	uint8_t key[FASTNAT_KEY];
	uint8_t instance[FASTNAT_NONCE];
	struct addr from;
	struct tcp tcp;
	struct parking parking;
	struct standing as;
	struct listener listener; /* plain: the int port */
	struct visits visits;
	struct token_rights rights; /* of the token it logged in by */
	struct path path;           /* of datagrams; not of a plain client */
	char name[FASTNAT_NAME + 1];
};

/* Who logs in, as the door has found out. */
struct session_login {
	struct fastnat_login proven;
	struct addr from;
	struct bytes instance;
	struct tokens_proven by;
	bool guest;
	bool contested; /* who has the name gave no sign of life */
};

/* Moves the connection here and says welcome. -NAT_EINUSE: the name is in use;
 * -NAT_ELIMIT: --max-clients; then from is as it was.
 */
MUST_USE int session_start(struct relay *r, struct tcp *from,
			   const struct session_login *login);

/* The name is asked for by somebody else of the same token: pings the session
 * that has it. Later: has it said anything since? False too when it is gone.
 */
void session_challenge(struct relay *r, struct bytes name);
bool session_lives(struct relay *r, struct bytes name, int64_t since);

/* Does this build know plain clients? */
extern const bool session_knows_plain;

/* The same for a plain client: ports are bound and it is greeted. */
MUST_USE int session_start_plain(struct relay *r, struct tcp *from,
				 const struct addr *at);

void session_stop(struct session *s, const char *why);

/* The object that tells of a visitor; out_id and *p are lent to it. */
struct fastnat session_start_proxy(const struct session *s,
				   const struct published *p,
				   struct bytes out_id);
/* Says it on to, with what no original client is told: who the visitor is. */
MUST_USE int session_say_proxy(struct session *s, struct fastnat *m,
			       const struct addr *visitor);
/* The same on a parked connection, where the visitor's bytes follow at once. */
MUST_USE int session_say_parked(struct stream *to, struct fastnat *m,
				const struct addr *visitor);

/* Tells the client of visitors as far as room and, for plain ones, pace allow. */
void session_announce(struct session *s);

/* The same for a flow, at once. 0, or -NAT_EAGAIN: there is no room. */
struct flow;
MUST_USE int session_announce_flow(struct session *s, const struct flow *f);

/* The logged-in client of that name, or of that id; or NULL. */
struct session *session_of_name(const struct relay *r, struct bytes name);
struct session *session_of_id(struct relay *r, struct bytes id);

/* A data connection is asked for; it has come, or is not wanted any more. */
void session_expect(struct session *s);
void session_expected(struct session *s);

/* For session.c and plain.c: a free slot with what both kinds share, or NULL. at
 * is where the client is.
 */
struct session *session_take_slot(struct relay *r, struct tcp *from,
				  const struct addr *at);
void session_wake_plain(struct waker *w, unsigned what);
/* Its pace allows one more announcement now. */
bool session_paced(const struct session *s);
void session_said(struct session *s, struct slot_name visitor);
/* Its last announced visitor has its connection: no need to wait longer. */
void session_claimed(struct session *s, struct slot_name visitor);

#endif
