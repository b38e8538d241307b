/* link - one visitor: a connection to the service and one to the relay, joined.
 *
 *      state    means                             leaves by
 *      SERVICE  dialling the service              connected -> RELAY
 *      RELAY    dialling the relay's intPort      connected -> HEADER
 *      HEADER   waiting for room to say who it is for    said -> PAIR, HOLD
 *      HOLD     plain only: until the server has read the header -> PAIR
 *      CLOSE    plain only: no service, so the header and the end are sent
 *      PAIR     bytes are moved
 */
#ifndef NAT_APP_CLIENT_LINK_H
#define NAT_APP_CLIENT_LINK_H

#include "app/client/entry.h"
#include "base/slot.h"
#include "net/dial.h"
#include "net/pair.h"
#include "net/tcp.h"

#define LINK_STATES(X) X(SERVICE) X(RELAY) X(HEADER) X(HOLD) X(CLOSE) X(PAIR)

enum link_state {
#define X(name) LINK_##name,
	LINK_STATES(X)
#undef X
};

/* What is needed until the pair is joined. */
struct opening {
	struct slot slot;
	struct link *link;
	struct dial dial;
	struct addr to; /* the relay's intPort */
	struct addr at; /* where the visitor came, if the relay told */
	struct waker waker;
	struct timer timer;
	int64_t release;   /* HOLD: when to join at last; 0: not known yet */
	struct park *park; /* that will be the relay's side; NULL: dial it */
	bool parked;       /* it is */
	int fd;            /* of the service, -1: none */
	uint8_t out_id_n;
	uint8_t out_id[FASTNAT_NONCE];
};

struct park;

struct link {
	struct slot slot;
	struct client *client;
	struct entry *entry;
	int64_t since;
	struct addr from; /* the visitor, if the relay told */
	enum link_state state;
	uint32_t served;         /* its number in links->served */
	struct opening *opening; /* NULL once joined */
	struct tcp relay, service;
	struct pair pair;
};

/* An outId is served once: those of late are remembered, but for one whose
 * connection to the relay ended before a byte came on it: told of again, it is
 * served again.
 */
enum { LINKS_SERVED = 128 };
struct served {
	uint8_t n, out_id[FASTNAT_NONCE];
};

struct links {
	struct slots table, openings;
	struct served served[LINKS_SERVED];
	uint32_t next; /* how many there were */
};

/* Has that outId not been seen of late? From now on it has. */
bool links_fresh(struct links *ls, struct bytes out_id);

/* Begins to serve a visitor; what comes of it is told to the relay. -NAT_ELIMIT:
 * there are too many already.
 */
struct link_from {
	struct addr relay; /* with intPort */
	struct park *park; /* given away if all is well; NULL: none */
};
MUST_USE int link_open(struct client *c, struct entry *e,
		       const struct fastnat *m, const struct link_from *from);

/* The parked connection that it was given is broken, or too old: it dials one. */
void link_unparked(struct link *l);

/* For plain.c: joins what is held back; breaks off. Both end the caller's wake. */
void link_join(struct link *l);
void link_end(struct link *l, int err);

/* All of them, or only those that are not joined yet. */
void links_end(struct client *c, bool all);

#endif
