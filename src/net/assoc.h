/* assoc - an association of data channels with one other: DTLS, SCTP in it, and
 * channels as streams of messages (chan.h), over whatever carries datagrams.
 *
 *	assoc_start(&a, of, &ask)       role, who we are, who is believed
 *	assoc_path(&a, rtt)             from now on datagrams go and come
 *	assoc_hear(&a, datagram)        each that begins with a byte that assoc_wants
 *	assoc_wait(&a)                  the path is gone; all waits for another one
 *	assoc_stop(&a)
 *
 * It has no socket and knows no addresses: its owner sends what ops->send is given.
 * It never gives up by itself: whether the path lives its owner knows.
 *
 *	SHAKES ── both know each other, SCTP is up ──► OPEN, told by ops->open
 *	 └───── a false one, the end ──► OVER, told by ops->over ◄──┘
 */
#ifndef NAT_NET_ASSOC_H
#define NAT_NET_ASSOC_H

#include "net/net.h"
#include "wire/dtls/dtls.h"
#include "wire/dtls/handshake.h"
#include "wire/dtls/self.h"
#include "wire/sctp/channel.h"

enum {
	ASSOC_STREAMS = 1024,     /* channels at once */
	ASSOC_HELD = 1024 * 1024, /* most bytes each way */
	ASSOC_PIECE = 16384,      /* most bytes of a message of ours */
	ASSOC_PACKET = 1500,
	ASSOC_BATCH = 48,
	ASSOC_BELIEVED = 4,
	ASSOC_MTU = 1228 /* bytes of a datagram, where nothing is known */
};

struct assoc;

struct assoc_ops {
	/* A datagram for the other side; b is lent until flush, which follows
	 * within this turn.
	 */
	void (*send)(struct assoc *a, struct bytes b);
	void (*flush)(struct assoc *a);
	void (*open)(struct assoc *a);
	/* The other side opens a channel: chan_take, or it is refused. */
	void (*come)(struct assoc *a, uint16_t sid, const struct dcep_open *o);
	/* Over, once; the last thing done. assoc_stop is the owner's to call. */
	void (*over)(struct assoc *a, const char *why);
};

/* What associations of one process share. */
struct rtc {
	struct net *net;
	struct self self;                /* who we are, unless ask says else */
	uint8_t room[SCTP_MESSAGE + 64]; /* for one message, or description */
	uint8_t packets[ASSOC_BATCH][ASSOC_PACKET];
	unsigned used; /* packets, lent to ops->send */
};

MUST_USE int rtc_start(struct rtc **ps, struct net *net);
void rtc_stop(struct rtc *ps);

/* Those believed are copied: any of n certificates, or keys (fingerprint.h). */
struct assoc_ask {
	const struct assoc_ops *ops;
	enum tls_role role; /* a client calls, and goes by even channels */
	const struct tls_identity *id; /* lent; NULL: of->self */
	const struct fingerprint *believed;
	size_t nbelieved;
	uint32_t message; /* most bytes of one that the peer takes; 0: any */
	uint16_t port;    /* of SCTP, there; 0: as ours, ASSOC_PORT */
	uint16_t mtu;     /* bytes of a datagram; 0: ASSOC_MTU */
	bool verify; /* a server asks addresses to prove themselves first */
	/* It is not one of us: who ends a channel there ends it both ways (RFC 8831
	 * 6.7), at once whatever is still on its way, and packets without a sum
	 * (RFC 9653) might surprise it.
	 */
	bool whole;
};
enum { ASSOC_PORT = 5000 };

enum assoc_state { ASSOC_SHAKES = 1, ASSOC_OPEN, ASSOC_OVER };

struct assoc { /* fields are private to assoc.c, chan.c but for state, of, why */
	struct rtc *of;
	const struct assoc_ops *ops;
	struct timer timer;
	struct soon run;
	struct dtls dtls;
	struct dtls_handshake *hs;
	struct tls_conf conf;
	struct fingerprint believed[ASSOC_BELIEVED];
	struct sctp_conf sctp_conf;
	struct sctp sctp;
	struct list chans;
	uint32_t most;   /* bytes of a message of ours */
	const char *why; /* it is over */
	uint16_t rtt;    /* ms; 0: not known */
	uint8_t state;   /* enum assoc_state; 0: not started */
	bool path, sctp_begun, whole;
	bool told; /* that it is over */
};

/* a is all zeros. 0, or -NAT_EMEMORY: nothing has begun. */
MUST_USE int assoc_start(struct assoc *a, struct rtc *of,
			 const struct assoc_ask *ask);
/* Says goodbye if there is a path; channels are over. Of one all zeros: nothing. */
void assoc_stop(struct assoc *a);

/* Does a datagram that begins so belong here (RFC 7983)? */
static inline bool assoc_wants(uint8_t first)
{
	return first >= 20 && first <= 63;
}
/* Opened where it stands, which is lent for the time of the call. */
void assoc_hear(struct assoc *a, struct span datagram);

/* There is a path, or another one; rtt in ms, 0: not known. */
void assoc_path(struct assoc *a, uint16_t rtt);
/* It takes datagrams of so many bytes, at least 293; 0: ASSOC_MTU. */
void assoc_mtu(struct assoc *a, uint16_t mtu);
void assoc_wait(struct assoc *a);

/* ---- for chan.c ---- */

/* The engines have something to say. */
void assoc_due(struct assoc *a);

static inline int64_t assoc_now(const struct assoc *a)
{
	return a->of->net->loop->now;
}

#endif
