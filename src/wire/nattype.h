/* nattype - finds out what a NAT does, by asking STUN servers (RFC 5780 4) from
 * three sockets; where there are none, trackers by //nat. Pure: the owner sends what
 * is said, tells what is heard, and the time.
 *
 *      socket 0   every server; then the other address of the one that has one
 *                 (another mapping?); then socket 2's public address (hairpin?)
 *      socket 1   the same server, which shall answer from elsewhere (filtering?)
 *      socket 2   the same server (what is its public address?)
 *
 * All is asked at once, as soon as it is known whom to ask; each three times.
 */
#ifndef NAT_WIRE_NATTYPE_H
#define NAT_WIRE_NATTYPE_H

#include "wire/stun_auth.h"

enum { NATTYPE_SOCKETS = 3, NATTYPE_SERVERS = 8, NATTYPE_ASKS = 16 };

/* RFC 4787 4.1 and 5. */
enum nattype_behaviour {
	NATTYPE_UNKNOWN,
	NATTYPE_INDEPENDENT, /* of the other end */
	NATTYPE_ADDRESS,     /* depends on its address */
	NATTYPE_PORT,        /* on its address and port */
	NATTYPE_DEPENDENT    /* on one of both */
};

struct nattype_ask { /* private to nattype.c */
	uint8_t kind, socket, sent;
	bool answered;
	uint8_t id[STUN_ID];
	uint32_t change;
	int64_t next; /* when it is asked again, or given up */
	struct addr to, mapped;
	struct stun_challenge challenge;
};

struct nattype { /* private to nattype.c but for here */
	uint32_t nasks;
	bool deep, hair; /* what follows the first answers is being asked */
	bool text_too;   /* //nat is to be said behind what was said */
	bool refused;    /* a server wants other credentials */
	struct stun_user
		user; /* to be set behind nattype_init, if at all; lent */
	struct addr other, here;
	struct addr public; /* what the first answer says */
	struct nattype_ask asks[NATTYPE_ASKS];
};

/* random: NATTYPE_ASKS * STUN_ID bytes; at most NATTYPE_SERVERS, of one family. */
void nattype_init(struct nattype *n, const struct addr *servers, uint32_t count,
		  struct bytes random, int64_t now);

struct nattype_heard {
	unsigned socket;
	const struct addr *from, *here; /* here: with the socket's own port */
	struct bytes data;
};
void nattype_hear(struct nattype *n, const struct nattype_heard *h,
		  int64_t now);

/* What is to be sent now: true until there is nothing. f is empty. */
struct nattype_out {
	unsigned socket;
	struct addr to;
	struct fmt *f;
};
bool nattype_say(struct nattype *n, struct nattype_out *out, int64_t now);

/* When to ask nattype_say again, or -1: all is known that can be. */
int64_t nattype_due(const struct nattype *n);

struct nattype_verdict {
	struct addr public, local; /* ADDR_NONE: nobody has answered */
	bool translated;           /* they differ */
	bool preserved;            /* but not in their ports */
	bool refused; /* nobody has answered, for want of credentials */
	uint8_t mapping, filtering; /* enum nattype_behaviour */
	int8_t hairpin;             /* 1 yes, 0 no, -1 not known */
};
void nattype_judge(const struct nattype *n, struct nattype_verdict *v);

/* "T1" full cone, "T2" restricted by address, "T3" by port, "T4" symmetric; "cone"
 * one of the first three; "open", "firewall" without translation; "NAT" of no
 * known kind; "blocked"; "refused": by servers that know their users.
 */
const char *nattype_class(const struct nattype_verdict *v);
const char *nattype_name(uint8_t behaviour);

#endif
