/* inner - what the files of wire/ice share with one another, and with nobody else.
 *
 *      ice.c     descriptions, candidates, events
 *      table.c   remotes and pairs: which there are, which is better
 *      check.c   checks of ours: when, what, and their answers
 *      heard.c   checks of theirs, and ours to answer
 *      gather.c  what STUN servers see of us
 *      elect.c   which pair is nominated, which carries data, when all is over
 *
 * States of a pair:
 *
 *      FREE -> WAITING -> PROGRESS -> VALID -> LOST (until a restart)
 *                 ^          |
 *                 |          v
 *             a check of   FAILED
 *              theirs
 */
#ifndef NAT_WIRE_ICE_INNER_H
#define NAT_WIRE_ICE_INNER_H

#include "wire/ice/ice.h"
#include "wire/stun_auth.h"

enum ice_pair_state {
	PAIR_FREE,
	PAIR_WAITING,
	PAIR_PROGRESS,
	PAIR_VALID,
	PAIR_FAILED,
	PAIR_LOST
};

enum ice_pair_flags {
	PAIR_HURRY = 1,     /* goes before the pace */
	PAIR_NOMINATE = 2,  /* its check says USE-CANDIDATE */
	PAIR_NOMINATED = 4, /* and that has been answered, or theirs was */
	PAIR_WANTED = 8,    /* theirs said so before it was valid */
	PAIR_CONTROLS = 16  /* what the check that is out says we do */
};

enum {
	ICE_LATER = 2, /* gen of candidates whose description is to come */
	ICE_TA = 20,   /* ms between ordinary checks */
	ICE_RTO = 250, /* ms, while no round trip is known */
	ICE_RTO_LEAST = 50,
	ICE_RTO_MOST = 1000,  /* the first one; */
	ICE_WAIT_MOST = 2000, /* doubled up to here, */
	ICE_WAIT_HEARD = 750, /* or here, if theirs come through */
	ICE_SENDS = 26,      /* of a check; with the waits more than patience */
	ICE_CONSENT = 30000, /* ms without an answer, RFC 7675 5.1 */
	ICE_BEAT = 5000,     /* ms between checks of the path, +- a fifth */
	ICE_SPARE = 12000,   /* and of other valid pairs; */
	ICE_DOUBT = 1000,    /* of one that did not answer the last one */
	ICE_SHAKY = 5,       /* so many unanswered, */
	ICE_QUIET = 3000     /* ms without an answer: another may take over */
};

/* ---- table.c ---- */

/* The same ip and port; on which link does not matter. */
bool ice_same(const struct addr *a, const struct addr *b);
/* An IPv4 address in IPv6 as IPv4. */
struct addr ice_plain(const struct addr *a);
/* Can anybody be sent checks there? */
bool ice_usable(const struct addr *a);
/* May one talk to the other? */
bool ice_fit(const struct addr *from, const struct addr *to);

/* The candidate whose address base has, or NULL. */
struct ice_local *ice_home(struct ice *a, unsigned base);
const struct ice_local *ice_home_of(const struct ice *a, unsigned base);

/* -1: there is none, or no place. */
int ice_find_remote(const struct ice *a, const struct addr *addr, unsigned gen);
int ice_new_remote(struct ice *a, const struct ice_remote *r);
void ice_drop_remote(struct ice *a, unsigned remote);

int ice_find_pair(const struct ice *a, unsigned base, unsigned remote);
/* Finds it, or makes it. */
int ice_pair(struct ice *a, unsigned base, unsigned remote, int64_t now);
/* With each base, with each remote there is. */
void ice_pair_remote(struct ice *a, unsigned remote, int64_t now);
void ice_pair_base(struct ice *a, unsigned base, int64_t now);
void ice_free_pair(struct ice *a, unsigned pair);

static inline unsigned ice_gen(const struct ice *a, const struct ice_pair *p)
{
	return a->remotes[p->remote].gen;
}

static inline bool ice_knows(const struct ice *a, unsigned gen)
{
	return a->sides[gen & 1].ufrag_n > 0;
}

/* RFC 8445 6.1.2.3. */
uint64_t ice_weight(const struct ice *a, const struct ice_pair *p);
/* Does it lead over somebody's relay? */
bool ice_relayed(const struct ice *a, const struct ice_pair *p);

/* ---- check.c ---- */

bool ice_say_check(struct ice *a, struct ice_out *out, int64_t now);
bool ice_hear_check(struct ice *a, const struct ice_heard *h,
		    const struct stun *m, int64_t now);
int64_t ice_check_due(const struct ice *a);
/* Asks anew, before all others. */
void ice_hurry(struct ice_pair *p, int64_t now);
/* The round trip is seen for the first time, or is shorter than ever. */
void ice_note_rtt(struct ice *a, uint32_t rtt);
int64_t ice_wait(uint16_t rtt, unsigned sends);
void ice_switch_role(struct ice *a, bool controlling);

/* ---- heard.c ---- */

bool ice_say_answer(struct ice *a, struct ice_out *out);

/* ---- gather.c ---- */

void ice_add_queries(struct ice *a, unsigned base, int64_t now);
void ice_ask_again(struct ice *a, int64_t now);
bool ice_say_query(struct ice *a, struct ice_out *out, int64_t now);
bool ice_hear_query(struct ice *a, const struct ice_heard *h,
		    const struct stun *m, int64_t now);
int64_t ice_query_due(const struct ice *a);
bool ice_is_gathered(const struct ice *a);

/* ---- elect.c ---- */

/* A check of ours, or of theirs if we are lite, says that it works. */
void ice_valid(struct ice *a, struct ice_pair *p, int64_t now);
/* Theirs has nominated it. */
void ice_wanted(struct ice *a, struct ice_pair *p, int64_t now);
void ice_judge(struct ice *a, int64_t now);
int64_t ice_judge_due(const struct ice *a);

/* ---- ice.c ---- */

void ice_draw(struct ice *a, uint8_t *to, size_t n); /* at most 32 */
int ice_new_local(struct ice *a, const struct ice_local *l);

#endif
