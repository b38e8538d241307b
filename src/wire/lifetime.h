/* lifetime - how long a NAT keeps a mapping that nobody uses (RFC 5780 4.6). Pure: the
 * owner sends what is said, tells what is heard, and the time.
 *
 *      socket 0 to 7   each opens a mapping, waits its time, and is then called
 *      socket 8        calls: a request whose answer goes to the mapping's port
 *                      (RESPONSE-PORT), so that nothing of ours revives it
 *
 * Eight times are tried at once instead of one behind the other; the first round is
 * the most there is and halves of it, each later one the eight parts between what
 * lived and what did not. A server without RESPONSE-PORT can only be asked again from
 * the same socket: another address then means that the mapping was gone, the same
 * one that it was there, or that the NAT gives the same port each time.
 */
#ifndef NAT_WIRE_LIFETIME_H
#define NAT_WIRE_LIFETIME_H

#include "wire/stun_auth.h"

enum { LIFETIME_TRIES = 8, LIFETIME_CALLER = 8, LIFETIME_SOCKETS = 9 };

struct lifetime_try { /* private to lifetime.c */
	uint8_t state, sent;
	int64_t age;     /* ms it is to wait */
	int64_t since;   /* when the mapping was last used */
	int64_t next;    /* when something is sent again, or given up */
	uint16_t mapped; /* the port */
};

struct lifetime {      /* private to lifetime.c but for lived, died */
	int64_t lived; /* ms after which a mapping was there; 0: none yet */
	int64_t died;  /* and was not; 0: none yet */
	bool sure;     /* calls by RESPONSE-PORT arrive */
	bool over;
	uint8_t round;
	uint8_t id[STUN_ID];
	int64_t most;
	struct addr server;
	struct lifetime_try tries[LIFETIME_TRIES];
};

/* most: ms; random: STUN_ID bytes. */
void lifetime_init(struct lifetime *l, const struct addr *server, int64_t most,
		   struct bytes random, int64_t now);

/* What is to be sent to the server now: true until there is nothing. f is empty. */
bool lifetime_say(struct lifetime *l, unsigned *socket, struct fmt *f,
		  int64_t now);

void lifetime_hear(struct lifetime *l, unsigned socket, const struct addr *from,
		   struct bytes data, int64_t now);

/* When to ask lifetime_say again, or -1: all is known that can be. */
int64_t lifetime_due(const struct lifetime *l);

#endif
