/* peer - a connection of WebRTC's data channels to one other: ICE, DTLS and SCTP on a
 * UDP socket of its own, and channels as streams of messages.
 *
 * Its owner signals: what peer_describe prints goes to the other side, as do candidates
 * (ops->local); what comes from there goes to peer_hear and peer_candidate.
 *
 *	NEW ── both are described ──► SHAKES ── DTLS is open ──► OPEN
 *	 └──────── no path, a false peer, the end ──► OVER, told by ops->over
 */
#ifndef NAT_NET_PEER_H
#define NAT_NET_PEER_H

#include "net/bufs.h"
#include "net/stream.h"
#include "net/udp.h"
#include "wire/dtls/dtls.h"
#include "wire/dtls/handshake.h"
#include "wire/dtls/self.h"
#include "wire/ice/ice.h"
#include "wire/sctp/channel.h"
#include "wire/sdp.h"

enum {
	PEER_STREAMS = 1024,     /* channels at once */
	PEER_HELD = 1024 * 1024, /* most bytes each way */
	PEER_PIECE = 16384,      /* most bytes of a message of ours */
	PEER_PACKET = 1500,
	PEER_BATCH = 16
};

struct peer;
struct chan;

struct peer_ops {
	/* A candidate of ours is to be told to the other side. */
	void (*local)(struct peer *p, const struct candidate *c);
	void (*open)(struct peer *p);
	/* The other side opens a channel: chan_take, or it is refused. */
	void (*come)(struct peer *p, uint16_t sid, const struct dcep_open *o);
	/* Over; the last thing done. peer_stop is the owner's to call. */
	void (*over)(struct peer *p, const char *why);
};

/* What peers of one process share. */
struct rtc {
	struct net *net;
	struct self self;
	uint8_t room[SCTP_MESSAGE + 64]; /* for one message, or description */
	uint8_t packets[PEER_BATCH][PEER_PACKET];
};

MUST_USE int rtc_start(struct rtc **ps, struct net *net);
void rtc_stop(struct rtc *ps);

enum peer_state { PEER_NEW, PEER_SHAKES, PEER_OPEN, PEER_OVER };

struct peer { /* fields are private to peer.c and chan.c but for state */
	struct rtc *of;
	const struct peer_ops *ops;
	struct udp udp;
	struct timer timer;
	struct soon run;
	struct ice ice;
	struct dtls dtls;
	struct tls_conf conf;
	struct fingerprint believed[SDP_FINGERPRINTS];
	struct sctp_conf sctp_conf;
	struct sctp sctp;
	struct sdp theirs; /* only what is no slice */
	struct list chans;
	struct dtls_handshake *hs;
	const char *why;
	uint8_t state; /* enum peer_state */
	uint8_t nbelieved, packets;
	bool offers; /* we are the one who calls */
	bool sctp_begun;
	bool told; /* that it is over */
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

/* ---- channels ---- */

struct chan { /* a stream of messages; fields are private to chan.c but stream */
	struct stream stream;
	struct peer *peer;
	struct list node;
	struct soon tell;
	struct buf *in;    /* a message that is looked at */
	struct buf *out;   /* one for which there was no room */
	struct span given; /* by reserve */
	uint16_t sid;
	uint8_t what; /* to be told */
	bool closing, told_down;
};

/* Of a peer that is open. False: there are too many. */
MUST_USE bool chan_open(struct chan *c, struct peer *p,
			const struct dcep_open *o, struct waker *up);
/* Within ops->come. */
void chan_take(struct chan *c, struct peer *p, uint16_t sid, struct waker *up);

/* ---- for peer.c ---- */

void chan_hear(struct peer *p, const struct sctp_event *e);
/* All of them are over, by err. */
void chan_fail(struct peer *p, int err);
/* The engines have something to say. */
void peer_due(struct peer *p);
int64_t peer_now(const struct peer *p);

#endif
