/* dtls - DTLS 1.2 (RFC 6347) between peers of WebRTC, both roles, without a socket:
 * certificates on both sides, believed by their fingerprints (RFC 8827 6.5), ECDHE
 * with AEAD, no resumption, no second handshake.
 *
 *	dtls_start(&d, &ask, now);
 *	for each datagram:
 *		in = datagram;
 *		while ((text = dtls_input(&d, &in, now)).p)
 *			... text, where it stood in the datagram
 *	and behind it, and whenever dtls_due(&d) has come:
 *		while ((n = dtls_output(&d, room, now)) > 0)
 *			... n bytes of room are a datagram
 *	d.open: data goes by
 *		text = dtls_room(&d, room);
 *		n = dtls_seal(&d, room, text bytes);
 *
 *	state     means                             leaves by
 *	shaking   d.hs is there                     the last Finished -> open,
 *	                                            trouble -> over
 *	open      d.open; d.hs a little longer, until dtls_input or dtls_output say
 *	          that there is nothing             close_notify, an alert -> over
 *	over      d.err                             -
 *
 * Time is ms on any steady clock. Everything is lent: the block d.hs, with all that
 * only a handshake needs, until d.hs is NULL. It holds no pointer to what it hears.
 *
 * Nothing that is not genuine changes an open connection; before, a stranger who
 * can send as the peer can end the handshake, as with any TLS. Handshakes end after
 * HANDSHAKE_PATIENCE; an open connection has no timer.
 */
#ifndef NAT_WIRE_DTLS_DTLS_H
#define NAT_WIRE_DTLS_DTLS_H

#include "wire/dtls/epoch.h"
#include "wire/dtls/fingerprint.h"
#include "wire/tls/conf.h"
#include "wire/tls/keys12.h"

enum {
	DTLS_MTU_LEAST = 256, /* bytes of a datagram, without UDP's head */
	DTLS_MTU = 1200,
	DTLS_OVERHEAD = EPOCH_AROUND /* of a record, at most */
};
#define DTLS_NEVER INT64_MAX

struct dtls_handshake;

struct dtls_ask {
	/* role, suites, groups, ids, no_aes and fill count. Lent, as its ids are,
	 * until d.hs is NULL.
	 */
	const struct tls_conf *conf;
	struct dtls_handshake *hs; /* needs no preparation */
	uint16_t mtu;              /* 0: DTLS_MTU */
	uint32_t rtt_ms;           /* of the path; 0: unknown */
	bool verify; /* a server: HelloVerifyRequest first, RFC 6347 4.2.1 */
};

struct dtls { /* fields are the engine's but for those said to be read */
	struct dtls_handshake *hs; /* read: NULL: the block is yours again */
	struct epoch in, out;      /* of epoch 1; in.suite: read, which it is */
	struct epoch_window window;
	uint64_t plain;      /* the next number of epoch 0 */
	uint64_t false_ones; /* records that were not genuine */
	struct keys12 keys;  /* for the exporter */
	int64_t now;
	uint8_t finished[KEYS12_FINISHED]; /* what ours said: a server's */
	uint16_t finished_seq;
	uint16_t mtu;   /* may be set, when the path changes */
	uint16_t group; /* read: as on the wire */
	bool bound;     /* the master secret is, RFC 7627: it can export */
	bool sealing;   /* ours are of epoch 1 */
	bool server;
	bool again;      /* our Finished is to be said again */
	uint8_t to_say;  /* an alert: 1 + its number; 0: none */
	uint8_t alert;   /* read: what was said, or heard */
	bool open;       /* read: data may go */
	bool ended;      /* read: close_notify has come, or we have closed */
	int err;         /* read: 0, or why it is over */
	const char *why; /* read: in words, static; NULL: none */
};

void dtls_start(struct dtls *d, const struct dtls_ask *ask, int64_t now);

/* Who is believed: any of n fingerprints. Lent until d.hs is NULL. Until there are
 * some, the peer's certificate waits: to be called at any time, dtls_output next.
 */
void dtls_believe(struct dtls *d, const struct fingerprint *list, size_t n);

/* The round trip of the path, once it is known: the first wait is of it, unless
 * something was heard or said before.
 */
void dtls_path(struct dtls *d, uint32_t rtt_ms);

/* Data in the datagram *in, which is opened where it stands, or in what came too
 * early; *in is what is left. Nothing: there is no more, and dtls_output is to be
 * asked. An empty text has a p.
 */
MUST_USE struct span dtls_input(struct dtls *d, struct span *in, int64_t now);

/* A datagram of the handshake or an alert, in room of DTLS_MTU_LEAST or more; 0:
 * nothing, for now. May sign and agree, which takes a millisecond.
 */
MUST_USE size_t dtls_output(struct dtls *d, struct span room, int64_t now);

/* When to ask dtls_output without having heard anything, or DTLS_NEVER. */
int64_t dtls_due(const struct dtls *d);

/* Where in out data may be put, to be sealed there; nothing: it is not open, or out
 * is too small. The first n bytes of it become a record: its length from out.p on.
 * One record makes a datagram, or several behind one another.
 */
struct span dtls_room(const struct dtls *d, struct span out);
MUST_USE size_t dtls_seal(struct dtls *d, struct span out, size_t n);

/* No more from here: dtls_output will have a close_notify. */
void dtls_close(struct dtls *d);

/* Keying material for others (RFC 5705), TLS_EXPORT_MOST bytes at most. False: it is
 * not open, or one side has no extended master secret (RFC 7627 5.4).
 */
MUST_USE bool dtls_export(const struct dtls *d, const char *label,
			  struct bytes context, struct span out);

/* Wipes what it knows, and d.hs. */
void dtls_stop(struct dtls *d);

#endif
