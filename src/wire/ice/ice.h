/* ice - finds a way between two hosts behind whatever there is, and keeps it: an agent
 * of ICE (RFC 8445) for one component, trickling (8838), full or lite, with consent
 * (7675) and patience (8863). Pure: the owner has the sockets, the signalling and the
 * clock.
 *
 *      ice_init(&a, &conf, now);
 *      ice_add(&a, base, ICE_HOST, &addr, now)      each socket; relays alike
 *      ice_ask(&a, &server, now)                    STUN servers, if any
 *      ice_added(&a)                                there are no more of both
 *      ice_describe(&a, &theirs, now)               their ufrag and pwd have come
 *      ice_candidate(&a, &candidate, now)           before or behind that
 *
 *      for each datagram    ice_input(&a, &heard, now)
 *      then                 while (ice_output(&a, &out, now)) send it
 *                           while (ice_event(&a, &event)) signal it, note it
 *      and again            at ice_due(&a)
 *
 * A base is a number of the owner's for a socket, or for a relay's allocation: it
 * routes what the agent sends from there. Data goes by ice_path from the first pair
 * that has answered on; a better one takes over when it has.
 *
 *      NEW ----- described ----> CHECKING ---- a pair answers ----> CONNECTED
 *       ^                           |                                   |
 *       |                           v patience is over                  v no consent, 30 s
 *       +------ ice_restart ----- FAILED  <-----------------------------+
 *
 * Answers to the other side's checks are given in every state. A restart keeps the old
 * path and its credentials until a pair of the new description has answered.
 *
 * Only what is signed with a password of ours, or answers a check of ours from where
 * that went, changes anything. Everything else is not heard: there are no answers to
 * strangers.
 */
#ifndef NAT_WIRE_ICE_ICE_H
#define NAT_WIRE_ICE_ICE_H

#include "wire/ice/agent.h"

enum ice_state { ICE_NEW, ICE_CHECKING, ICE_CONNECTED, ICE_DEAD };

/* Why there is no path, for people. */
/* clang-format off */
#define ICE_REASONS(X) \
	X(REASON,   "none") \
	X(LOCAL,    "no address of our own") \
	X(REMOTE,   "no address of the other side came") \
	X(PAIR,     "no address of the other side is of a family of ours") \
	X(SILENCE,  "no answer on any path") \
	X(CONSENT,  "the other side has fallen silent")
/* clang-format on */
enum ice_reason {
#define X(name, text) ICE_NO_##name,
	ICE_REASONS(X)
#undef X
};
const char *ice_reason(enum ice_reason reason);

struct ice_conf {
	bool controlling;  /* who offers; conflicts are solved */
	bool lite;         /* only answers: for hosts without NAT */
	struct bytes seed; /* ICE_SEED bytes of chance, copied */
	int64_t patience;  /* ms; 0: ICE_PATIENCE */
};

void ice_init(struct ice *a, const struct ice_conf *conf, int64_t now);

/* A base: a socket's own address (ICE_HOST), or a relay's (ICE_RELAY). 0, or
 * -NAT_ELIMIT. One that has gone, with all that rests on it.
 */
MUST_USE int ice_add(struct ice *a, unsigned base, enum ice_type type,
		     const struct addr *addr, int64_t now);
void ice_remove(struct ice *a, unsigned base);
/* A STUN server that is asked what it sees. -NAT_ELIMIT. */
MUST_USE int ice_ask(struct ice *a, const struct addr *server, int64_t now);
void ice_added(struct ice *a);

/* What our description says; lent until the next restart. */
struct bytes ice_ufrag(const struct ice *a);
struct bytes ice_pwd(const struct ice *a);

struct ice_theirs {
	struct bytes ufrag, pwd;
	bool lite;
};
/* Others than were known mean that they have restarted: then so have we, unless
 * ice_restart was called since, and our own description has to be told anew.
 * -NAT_EPROTO: these are none. -NAT_ENOTSUP: both are lite.
 */
MUST_USE int ice_describe(struct ice *a, const struct ice_theirs *theirs,
			  int64_t now);

/* A candidate of theirs. 0: taken, or of no use. 1: its name is to be resolved
 * (mdns.h for .local), and then it is to be given again, with its addr. -NAT_ELIMIT:
 * there are too many.
 */
MUST_USE int ice_candidate(struct ice *a, const struct candidate *c,
			   int64_t now);
/* No more will come, so that less patience is needed. */
void ice_ended(struct ice *a);

/* Other credentials, all candidates and checks anew; data goes on by the old path.
 * Both roles stay.
 */
void ice_restart(struct ice *a, int64_t now);

struct ice_heard {
	unsigned base;
	struct addr from;
	struct bytes data;
};
/* True: it was for this agent. */
bool ice_input(struct ice *a, const struct ice_heard *h, int64_t now);

/* A datagram; data is an empty fmt over at least ICE_MOST bytes. */
struct ice_out {
	unsigned base;
	struct addr to;
	struct fmt *data;
};
/* False: nothing now. */
bool ice_output(struct ice *a, struct ice_out *out, int64_t now);

/* When ice_output has to be called without input; INT64_MAX: never. */
int64_t ice_due(const struct ice *a);

enum ice_what {
	ICE_LOCAL,    /* a candidate of ours is to be told */
	ICE_GATHERED, /* that was all of them */
	ICE_PATH,     /* data goes another way than before: see ice_path */
	ICE_FAILED    /* there is no path: see reason */
};
struct ice_event {
	uint8_t what, reason;
	char foundation[8];
	struct candidate candidate; /* slices are of this event */
};
bool ice_event(struct ice *a, struct ice_event *e);

struct ice_path {
	unsigned base;
	struct addr to;
	uint16_t rtt;        /* ms; 0: not known */
	uint32_t silent;     /* ms since that pair has last answered a check */
	uint8_t here, there; /* enum ice_type: how it is reached */
	bool nominated;
};
/* False: there is none. */
bool ice_path(const struct ice *a, struct ice_path *p, int64_t now);

/* All candidates of ours are to be told again: what was told was lost. */
void ice_retell(struct ice *a);

/* How many pairs were tried, and how many have answered, for people. */
void ice_explain(const struct ice *a, struct fmt *f);

enum ice_state ice_state(const struct ice *a);

/* Whose ufrag a check is for, so that agents can share a socket; empty: it is none. */
struct bytes ice_aimed(struct bytes datagram);

#endif
