/* turn - a client of TURN (RFC 8656): an address on a relay, and datagrams through it.
 * Over UDP, or over TCP or TLS (framed). Pure: the owner has the socket and the clock.
 *
 *      turn_init(&t, &conf, now);
 *      for each datagram, or turn_frame of the stream
 *                           turn_input(&t, data, now, &got)   1: got.data came
 *      then                 while (turn_output(&t, &f, now)) send f to t.server
 *      and again            at turn_due(&t)
 *
 *      ASKING --- Allocate ---> READY --- turn_close ---> CLOSING ---> OVER
 *       ^  |                      |                                     ^
 *       |  +--- 300 ---> MOVED    +---- refused, silent, expired -------+
 *       +-- turn_again --+
 *
 * In READY t.relayed is ours, and t.mapped what the server sees of us. Asked for is an
 * address of IPv4 and one of IPv6 beside it (RFC 8656 7.1): t.also is the second, if
 * the server gives two. Both live and end together. A server that refuses both (440,
 * 508) may give one, if it is asked for that alone: turn_init again.
 *
 * To send, have turn_wrap make the datagram; turn_peer asks for permission before there
 * is anything to send, and turn_bind makes what is sent to a peer smaller by 32 bytes (a
 * channel). What turn_output says has to go out before what turn_wrap made later.
 *
 * Allocation, permissions and channels are refreshed in time, and NATs on the way kept
 * open; a stale nonce costs one request again, of whatever kind. Who refuses a peer
 * without forbidding it, or does not answer for one, is asked for the allocation
 * itself. A channel that is refused is done without, by permission. Credentials of REST
 * (time:user, base64) are a name and a password like others.
 */
#ifndef NAT_WIRE_TURN_H
#define NAT_WIRE_TURN_H

#include "wire/stun_auth.h"

enum {
	TURN_PEERS = 16,  /* addresses of others, of one allocation */
	TURN_HEAD = 48,   /* most bytes that turn_wrap adds, and */
	TURN_PAD = 3,     /* behind */
	TURN_MOST = 1024, /* most bytes that turn_output prints */
	TURN_SEED = 12,
	TURN_UDP = 17 << 24
};

enum turn_state {
	TURN_ASKING,
	TURN_MOVED, /* t.server is another now: connect there, then turn_again */
	TURN_READY,
	TURN_CLOSING,
	TURN_OVER
};

struct turn_conf {
	struct addr server;
	struct stun_user user; /* lent until the end */
	uint8_t family;        /* of that alone; ADDR_NONE: both */
	bool framed;           /* TCP or TLS */
	struct bytes seed;     /* TURN_SEED bytes of chance, copied */
};

/* ---- private to turn.c and turn_peers.c but for what is said above ---- */

struct turn_task {    /* a request until it is answered */
	int64_t next; /* when it is sent, sent again, or given up */
	uint32_t serial;
	uint16_t method; /* enum stun_type; 0: none is out */
	uint8_t sends, rounds;
};

struct turn_peer {
	struct addr addr; /* ADDR_NONE: free */
	uint16_t channel; /* 0: none is wanted */
	bool bound;
	int64_t refresh; /* when both are asked for again */
	struct turn_task task;
};

struct turn {
	uint8_t state;  /* enum turn_state */
	int8_t err;     /* why it is OVER: -NAT_EAUTH, -NAT_EACCESS (403),
			* -NAT_EAGAIN (437: from another port), -NAT_ENOTSUP (440,
			* 442, 443), -NAT_ELIMIT (486, 508), -NAT_ETIMEOUT,
			* -NAT_EPROTO, -NAT_ECLOSED (by us) */
	uint16_t error; /* what the server said, or 0 */
	struct addr server, relayed, mapped;
	struct addr also; /* of the other family; ADDR_NONE */
	struct stun_user user;
	uint8_t family;
	bool framed, moved;
	uint16_t channels; /* handed out */
	uint8_t salt[8];
	uint32_t serial;
	uint32_t lifetime; /* s */
	int64_t expires;
	int64_t said;          /* when the server last heard of us */
	struct turn_task task; /* Allocate, Refresh */
	struct stun_challenge challenge;
	struct turn_peer peers[TURN_PEERS];
};

/* ---- public again ---- */

void turn_init(struct turn *t, const struct turn_conf *conf, int64_t now);
/* To another server, or from another port: from the beginning. */
void turn_again(struct turn *t, int64_t now);
/* Is the allocation still there? Asked at once, not when its time is up: a server
 * that has begun anew says no (437), and one that is gone nothing.
 */
void turn_doubt(struct turn *t, int64_t now);
/* The allocation is given back. */
void turn_close(struct turn *t, int64_t now);

struct turn_data {
	struct addr from;
	struct bytes data; /* of what was given to turn_input */
};
/* 1: got is data of a peer. 0: it was for us, or of no use. */
int turn_input(struct turn *t, struct bytes in, int64_t now,
	       struct turn_data *got);

/* f is empty, over TURN_MOST bytes. False: nothing now. */
bool turn_output(struct turn *t, struct fmt *f, int64_t now);
/* INT64_MAX: never. */
int64_t turn_due(const struct turn *t);

/* 0: whoever has this ip may send to us, soon. -NAT_EAGAIN: not READY.
 * -NAT_ENOTSUP: of its family we have none. -NAT_ELIMIT: there are TURN_PEERS.
 */
MUST_USE int turn_peer(struct turn *t, const struct addr *to, int64_t now);
/* The same, and a channel for it. */
MUST_USE int turn_bind(struct turn *t, const struct addr *to, int64_t now);

/* What is sent to the server for data to reach to; f has room for data and
 * TURN_HEAD + TURN_PAD bytes. As turn_peer; -NAT_EROOM.
 */
MUST_USE int turn_wrap(struct turn *t, const struct addr *to, struct bytes data,
		       struct fmt *f, int64_t now);

/* Bytes of the first message of a stream, padding included; 0: not all of it is
 * there. -NAT_EPROTO: that is not TURN.
 */
MUST_USE int turn_frame(struct bytes in);

#endif
