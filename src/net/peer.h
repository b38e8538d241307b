/* peer - one other by WebRTC: ICE finds a way, and an association with data channels
 * goes along it (assoc.h), on a UDP socket of its own.
 *
 * Its owner signals: what peer_describe prints goes to the other side, as do candidates
 * (ops->local); what comes from there goes to peer_hear and peer_candidate.
 *
 *	NEW ── both are described ──► SHAKES ── DTLS is open ──► OPEN
 *	 └──────── no path, a false peer, the end ──► OVER, told by ops->over
 */
#ifndef NAT_NET_PEER_H
#define NAT_NET_PEER_H

#include "net/assoc.h"
#include "net/udp.h"
#include "wire/ice/ice.h"
#include "wire/sdp.h"

struct peer;

struct peer_ops {
	/* A candidate of ours is to be told to the other side. */
	void (*local)(struct peer *p, const struct candidate *c);
	void (*open)(struct peer *p);
	/* The other side opens a channel: chan_take, or it is refused. */
	void (*come)(struct peer *p, uint16_t sid, const struct dcep_open *o);
	/* Over; the last thing done. peer_stop is the owner's to call. */
	void (*over)(struct peer *p, const char *why);
};

enum peer_state { PEER_NEW, PEER_SHAKES, PEER_OPEN, PEER_OVER };

struct peer { /* fields are private to peer.c but for state, of, assoc */
	struct rtc *of;
	const struct peer_ops *ops;
	struct udp udp;
	struct timer timer;
	struct soon run;
	struct ice ice;
	struct addr to; /* where the path leads */
	struct assoc assoc;
	struct sdp theirs; /* only what is no slice */
	const char *why;
	uint8_t state; /* enum peer_state */
	bool offers;   /* we are the one who calls */
	bool told;     /* that it is over */
	uint64_t session;
};

/* Binds a socket at that address, port 0; stun: who is asked what it sees, or
 * ADDR_NONE. 0, or an error.
 */
struct peer_ask {
	const struct peer_ops *ops;
	struct addr at, stun;
	bool offers;
};
MUST_USE int peer_start(struct peer *p, struct rtc *of,
			const struct peer_ask *ask);
void peer_stop(struct peer *p);

/* Our description: an offer, or, once theirs has been heard, an answer. */
void peer_describe(struct peer *p, struct fmt *f);
/* Theirs. 0, or an error. */
MUST_USE int peer_hear(struct peer *p, struct bytes sdp);
void peer_candidate(struct peer *p, struct bytes line);
bool peer_way(const struct peer *p, struct ice_path *path);

#endif
