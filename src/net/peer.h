/* peer - one other by WebRTC: ICE finds a way among those there are (ways.h), and an
 * association with data channels goes along it (assoc.h).
 *
 * Its owner signals: what peer_describe prints goes to the other side, as do candidates
 * (ops->local); what comes from there goes to peer_hear and peer_candidate.
 *
 *	NEW ── both are described ──► SHAKES ── DTLS is open ──► OPEN
 *	 └──────── no path, a false peer, the end ──► OVER, told by ops->over
 *
 * A ClientHello that is quicker than the description that goes with it, by signalling,
 * is kept until that has come.
 *
 * In OPEN a path that is lost is no end for conf->keep ms: ways and candidates that
 * appear are tried at once, and who offers begins ICE anew (ops->again), when the path
 * has gone silent, or either side has moved.
 */
#ifndef NAT_NET_PEER_H
#define NAT_NET_PEER_H

#include "net/assoc.h"
#include "net/ways.h"
#include "wire/dtls/early.h"
#include "wire/ice/ice.h"
#include "wire/sdp.h"

struct peer;

struct peer_ops {
	/* A candidate of ours is to be told to the other side; NULL: that was all. */
	void (*local)(struct peer *p, const struct candidate *c);
	void (*open)(struct peer *p);
	/* The other side opens a channel: chan_take, or it is refused. */
	void (*come)(struct peer *p, uint16_t sid, const struct dcep_open *o);
	/* Of one that is open: data goes another way, or none for now. */
	void (*moved)(struct peer *p);
	/* Of one that offers: peer_restart, and tell what peer_describe prints then,
	 * if that can be signalled, or false. Asked again after a while.
	 */
	bool (*again)(struct peer *p);
	/* Over; the last thing done. peer_stop is the owner's to call. */
	void (*over)(struct peer *p, const char *why);
};

enum peer_state { PEER_NEW, PEER_SHAKES, PEER_OPEN, PEER_OVER };

struct peer { /* fields are private to peer.c, describe.c but for state, of, assoc,
	       * auth */
	struct rtc *of;
	const struct peer_ops *ops;
	struct ways ways;
	struct timer timer;
	struct soon run;
	struct ice ice;
	struct addr to; /* where the path leads, */
	unsigned base;  /* and by which way */
	struct assoc assoc;
	struct sdp theirs;   /* only what is no slice */
	struct bytes auth;   /* a line of ours, nat-auth; lent, or empty */
	struct early *early; /* what came before their description, or NULL */
	const char *why;
	int64_t heard; /* when the path last answered */
	int64_t again; /* not before, ops->again */
	uint64_t session;
	uint8_t state; /* enum peer_state */
	bool offers;   /* we are the one who calls */
	bool wanted;   /* ICE anew */
	bool all;      /* their candidates have been told: more are of a move */
	bool untold;   /* that ours were all: who they are is not known yet */
	bool told;     /* that it is over */
};

struct peer_ask {
	const struct peer_ops *ops;
	struct paths *paths;
	struct addr at; /* one of our addresses that is good in any case */
	struct addr
		stun; /* who is asked where settings say nothing; ADDR_NONE */
	bool offers;
};
/* 0, or an error: there is no way at all. */
MUST_USE int peer_start(struct peer *p, struct rtc *of,
			const struct peer_ask *ask);
void peer_stop(struct peer *p);

/* Our description: an offer, or, once theirs has been heard, an answer. */
void peer_describe(struct peer *p, struct fmt *f);
/* Theirs, the first or that of a restart. 0; 1: of somebody else, who calls anew
 * under that name; or an error.
 */
MUST_USE int peer_hear(struct peer *p, struct bytes sdp);
void peer_candidate(struct peer *p, struct bytes line);

/* ICE begins anew; data goes on by the path there is. */
void peer_restart(struct peer *p);
/* Signalling is there again: what was not told is. */
void peer_retell(struct peer *p);
/* Addresses of this machine may have changed; at as in peer_ask. */
void peer_look(struct peer *p, const struct addr *at);

/* Is there a path, and has it answered lately? */
bool peer_answers(const struct peer *p);

/* The path that was chosen, and why others were not: one line. */
void peer_explain(const struct peer *p, struct fmt *f);

/* ---- for describe.c ---- */

/* The association begins with who was described. */
MUST_USE int peer_begin(struct peer *p, const struct assoc_ask *ask);
void peer_due(struct peer *p);

static inline int64_t peer_now(const struct peer *p)
{
	return p->of->net->loop->now;
}

#endif
