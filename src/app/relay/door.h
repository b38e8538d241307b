/* door - a connection to the control port (or an int port) before it is known
 * what it is: a login, a plain client that stays silent (--open), or a data
 * connection. A small fixed cost, a deadline, and the oldest gives way.
 *
 *     state     waits for                       leaves by
 *     HEAR      the first object                hello -> LOGIN, header -> LINE or
 *                                               visitor, silence -> plain client
 *     LOGIN     login                           proof -> session, or CONTEST
 *     CONTEST   the one that has the name       silence of 3 s -> session
 *     LINE      the line end after a header     it -> visitor
 *     CLOSING   the other side to close         2 s
 */
#ifndef NAT_APP_RELAY_DOOR_H
#define NAT_APP_RELAY_DOOR_H

#include "app/relay/core.h"
#include "net/talk.h"
#include "net/tcp.h"

/* clang-format off */
#define DOOR_STATES(X) X(HEAR) X(LOGIN) X(CONTEST) X(LINE) X(CLOSING)
/* clang-format on */
enum door_state {
#define X(s) DOOR_##s,
	DOOR_STATES(X)
#undef X
};

struct door {
	struct slot slot;
	struct list node; /* in relay->knocking */
	struct relay *relay;
	uint8_t state; /* enum door_state */
	bool greets;   /* silence means a plain client */
	bool sealed;   /* TLS alone is spoken here, */
	bool shared;   /* by browsers too, as far as is known */
	bool guest;    /* it will publish nothing */
	uint8_t name_n;
	struct waker waker;
	struct timer limit;
	struct json_scan scan;
	struct slot_name visitor; /* LINE: whose connection this is, */
	struct slot_name flow;    /* or this one's */
	struct slot_name plain;   /* at the int port of this plain session */
	struct bytes token;       /* CONTEST: that was proven */
	int64_t since;            /* CONTEST: when it began */
	struct addr from;
	struct tcp tcp;
	struct tokens_proven by; /* what goes with token */
	uint8_t name[FASTNAT_NAME], instance[FASTNAT_NONCE];
	uint8_t client_nonce[FASTNAT_NONCE], server_nonce[FASTNAT_NONCE];
};

/* Listener callbacks: of a relay_port, and of the int port of a plain session. */
void door_come(struct listener *l);
void door_come_plain(struct listener *l);

/* A plain client at `at` has said hello after all: its connection goes back to a
 * door, which hears the message (lent) again.
 */
void door_hello(struct relay *r, struct tcp *from, const struct addr *at,
		const struct fastnat *m);

/* A connection that came for HTTP (web.h) is a client's after all, by the first byte
 * that it says, or by the request behind it. It goes to a door, unread; false: there
 * is none for that address.
 */
bool door_hears(const struct relay *r, uint8_t first);
MUST_USE bool door_adopt(struct relay *r, struct tcp *from,
			 const struct addr *at);

void door_stop(struct door *d);

#endif
