/* sctp - an association of SCTP (RFC 9260) as it runs over DTLS for data channels
 * (RFC 8261, 8831): messages on many streams, ordered or not, reliable or only so far
 * (RFC 3758), streams that are reset (RFC 6525). Pure: packets come in and go out
 * through its owner, now is ms on any steady clock.
 *
 *	sctp_init(&s, &conf, random);
 *	sctp_connect(&s, rtt, now);              both sides may, at once
 *	sctp_input(&s, packet, now);             whenever one has come
 *	while ((n = sctp_output(&s, room, now))) ... send n bytes
 *	while (sctp_event(&s, &e)) ...           messages to receive, room to send ...
 *	call sctp_output again at sctp_due(&s), and after each call below
 *
 *      state     means                             leaves by
 *      CLOSED    nothing yet; answers INIT         connect -> COOKIE_WAIT;
 *                                                  COOKIE ECHO -> OPEN
 *      COOKIE_WAIT     INIT is out                 INIT ACK -> COOKIE_ECHOED;
 *                                                  COOKIE ECHO -> OPEN
 *      COOKIE_ECHOED   our COOKIE ECHO is out      COOKIE ACK, COOKIE ECHO -> OPEN
 *      OPEN      data flows                        shutdown -> PENDING;
 *                                                  SHUTDOWN -> RECEIVED
 *      PENDING   no more is taken; sends the rest  all acknowledged -> SENT
 *      SENT      our SHUTDOWN is out               SHUTDOWN ACK -> DOWN;
 *                                                  SHUTDOWN -> ACK_SENT
 *      RECEIVED  the peer's has come; sends the    all acknowledged -> ACK_SENT
 *                rest
 *      ACK_SENT  our SHUTDOWN ACK is out           SHUTDOWN COMPLETE -> DOWN
 *      DOWN      over; err says why
 *
 * All but DOWN go there by abort, ours or the peer's, and when the peer breaks the
 * protocol. It never gives up by itself: whether the path lives its owner knows (ICE
 * consent), and it sends no heartbeats but to measure the path, and answers all.
 *
 * Memory: what is held for sending and receiving is drawn from a pool in buffers of
 * 4 KiB while there is something to hold; streams beyond the first few too. What is
 * received and not yet fetched shuts the window, which is the peer's backpressure.
 */
#ifndef NAT_WIRE_SCTP_SCTP_H
#define NAT_WIRE_SCTP_SCTP_H

#include "base/err.h"
#include "wire/sctp/cubic.h"
#include "wire/sctp/parts.h"

enum {
	SCTP_RANDOM = 32,
	SCTP_MESSAGE = 65536, /* most bytes of one, commonly */
	SCTP_MTU_LEAST = 256,
	SCTP_MTU_MOST = 2048,
	/* Under DTLS, UDP and IPv6 in a datagram of 1100, in a TURN channel too. */
	SCTP_MTU_SAFE = 1008,
	SCTP_WINDOW = 128 * 1024 /* of receiving, to begin with */
};

enum sctp_state {
	SCTP_CLOSED,
	SCTP_COOKIE_WAIT,
	SCTP_COOKIE_ECHOED,
	SCTP_OPEN,
	SCTP_PENDING,
	SCTP_SENT,
	SCTP_RECEIVED,
	SCTP_ACK_SENT,
	SCTP_DOWN
};

/* Lent as long as the association. */
struct sctp_conf {
	struct pool *pool;
	uint16_t port, peer; /* 5000 and 5000 */
	uint16_t mtu;        /* most bytes of a packet, its head too: 1191 */
	uint32_t streams;    /* at once; more are refused */
	uint32_t message;    /* most bytes of one, either way */
	uint32_t in, out; /* most bytes held, heads of pieces included; in is at
			       * least 2 * message */
	bool zero_sum; /* under DTLS: packets without checksum will do (RFC 9653) */
	bool odd; /* channels of ours: we are the DTLS server (RFC 8832 6) */
	bool careless; /* the peer may be (RFC 6525): throw away what was sent before
			* our question and comes after it, and ask but once */
};

struct sctp { /* fields are the engine's but for those said to be read */
	const struct sctp_conf *conf;
	enum sctp_state state; /* read */
	int err; /* read, DOWN: 0: shut down in order; ERESET: the peer has aborted;
		  * ECLOSED: we have; EPROTO, ELIMIT: the peer is at fault */
	uint16_t mtu; /* of the path, as far as that is known */
	struct sctp_ids own, peer;
	struct sctp_peer can; /* what the peer is able to do */
	struct sctp_setup setup;
	struct sctp_in in;
	struct sctp_out out;
	struct sctp_probe probe;
	struct sctp_replies replies;
	struct sctp_reconf reconf;
	struct streams streams;
	struct rtt rtt; /* read */
	struct cubic cubic;
	struct pace pace;
	struct sctp_counts counts; /* read */
	struct list news;          /* streams with events */
	uint16_t turn;             /* channel.c's: the number of the next */
	uint8_t events;            /* of the association */
	uint8_t key[16];           /* of cookies */
};

/* random: SCTP_RANDOM bytes of it, secret. */
void sctp_init(struct sctp *s, const struct sctp_conf *conf,
	       const uint8_t *random);

/* Begins; without it we wait for the peer to. rtt: of the path in ms, 0: unknown. */
void sctp_connect(struct sctp *s, uint32_t rtt, int64_t now);

/* ---- packets ---- */

/* Whatever it is, it is looked at, and b may be overwritten after. */
void sctp_input(struct sctp *s, struct bytes b, int64_t now);

/* The next packet, at most the MTU; 0: none for now. room is of SCTP_MTU_MOST: after
 * the MTU has shrunk, what had been sent before goes again as large as it was.
 * Packets are of SCTP_MTU_SAFE until the path has taken a larger one (RFC 8899).
 */
size_t sctp_output(struct sctp *s, struct span room, int64_t now);

/* When to call sctp_output without cause; -1: never. */
int64_t sctp_due(const struct sctp *s);

/* The path is another one: what was on the old one is asked for at once. */
void sctp_hurry(struct sctp *s, int64_t now);

/* The path takes no more: SCTP_MTU_LEAST to SCTP_MTU_MOST. */
void sctp_set_mtu(struct sctp *s, uint16_t mtu);

/* ---- events ---- */

enum sctp_what {
	SCTP_UP = 1,         /* OPEN: messages may go (they might before) */
	SCTP_OVER = 2,       /* DOWN */
	SCTP_MESSAGE_IN = 4, /* at sid, one or more */
	SCTP_ROOM = 8,       /* at sid, that was refused */
	SCTP_ENDED = 16,     /* the peer has reset sid, and all is fetched */
	/* Ours of sid is done; after both it is free. Not told if it has begun again. */
	SCTP_RESET = 32,
	SCTP_UNWANTED = 64 /* the peer asks us to reset sid */
};

struct sctp_event {
	uint8_t what; /* one bit */
	uint16_t sid;
};

/* False: nothing more has happened. */
bool sctp_event(struct sctp *s, struct sctp_event *e);

/* ---- messages ---- */

struct sctp_message {
	uint32_t ppid;
	bool unordered;
	bool urgent; /* small, and an answer: never EAGAIN */
	uint16_t
		most_sent; /* times in all, 1 and more; 0: as often as it takes */
	uint32_t life;     /* ms, then nobody wants it; 0: for ever */
};

/* A message of 1 to conf->message bytes, copied: 0. EAGAIN: no room, SCTP_ROOM will
 * come; EMEMORY: the pool is empty, and nothing will; EROOM: too long or empty;
 * ELIMIT: no more streams; ECLOSED: not in this state, or the stream is being reset.
 */
MUST_USE int sctp_send(struct sctp *s, uint16_t sid, struct bytes text,
		       const struct sctp_message *m, int64_t now);

/* Bytes of the next message at sid; 0: there is none. */
size_t sctp_waits(const struct sctp *s, uint16_t sid);

/* Fetches it into to, which has room for it: its bytes; 0: there is none. Of m,
 * ppid and unordered are set.
 */
size_t sctp_recv(struct sctp *s, uint16_t sid, struct span to,
		 struct sctp_message *m);

/* ---- ending ---- */

/* When all that was sent on sid has gone out (careless: has arrived), the peer sees that
 * it ends. To be called for each that ENDED, too. ENOTSUP: the peer cannot; 0 for what
 * is over already.
 */
MUST_USE int sctp_reset(struct sctp *s, uint16_t sid);
/* Asks the peer to reset sid (RFC 6525 4.2), which it may deny, and of which nothing is
 * told but ENDED, in the end. Nothing for what has ENDED, or is not there.
 */
void sctp_reset_in(struct sctp *s, uint16_t sid);

/* All that was sent arrives, nothing more is taken, and the association ends. */
void sctp_shutdown(struct sctp *s);
/* It ends now, and the next sctp_output tells the peer. */
void sctp_abort(struct sctp *s);
/* Gives the buffers back; final. */
void sctp_stop(struct sctp *s);

#endif
