/* handshake - of DTLS 1.2 (RFC 6347 4.2) while it lasts: the tables of states of TLS
 * 1.2 (wire/tls/client12.c, server12.c), whose messages come in fragments and go in
 * flights.
 *
 *	greet.c    ClientHello, HelloVerifyRequest, ServerHello: then the machine of
 *	           TLS runs, by rows of what is heard and of what is said
 *
 * A ChangeCipherSpec is said, and never listened for: a message that comes sealed
 * tells that the other side has changed, and one that does not while it must is
 * none of the handshake's.
 */
#ifndef NAT_WIRE_DTLS_HANDSHAKE_H
#define NAT_WIRE_DTLS_HANDSHAKE_H

#include "wire/dtls/early.h"
#include "wire/dtls/fingerprint.h"
#include "wire/dtls/flight.h"
#include "wire/dtls/gather.h"
#include "wire/tls/hs.h"

enum { HANDSHAKE_COOKIE = 255, HANDSHAKE_PATIENCE = 30000 /* ms */ };

struct dtls_handshake { /* about 30 KB, of which 6 are touched as a rule */
	struct tls tls; /* what the tables run on */
	struct tls_conf conf;               /* of it */
	const struct fingerprint *believed; /* lent */
	size_t believed_n;                  /* 0: to be told yet */
	int64_t give_up;
	bool begun;       /* something was heard or said: give_up counts */
	bool keyed;       /* tls.in and tls.out have keys */
	bool verify;      /* a server wants its cookie back first */
	uint8_t doubt;    /* an alert that may be anybody's: 1 + its number */
	unsigned overdue; /* of early: to be looked at again */
	uint8_t cookie_n; /* the server's */
	uint8_t cookie[HANDSHAKE_COOKIE];
	struct gather gather;
	struct early early;
	struct flight flight;
	struct tls_hs hs; /* in its room messages are put together */
};

extern const struct tls_machine greet_client, greet_server; /* greet.c */

/* Of conf count role, suites, groups, ids, no_aes and fill. */
void handshake_start(struct dtls_handshake *h, const struct tls_conf *conf,
		     uint32_t rtt_ms);

/* Fragments, which came in a record of that epoch. */
void handshake_hear(struct dtls_handshake *h, struct bytes b, uint8_t epoch,
		    int64_t now);

/* Takes all that is whole and can be judged; writes what there is to say. Trouble
 * is in h->tls.err.
 */
void handshake_run(struct dtls_handshake *h, int64_t now);
void handshake_compose(struct dtls_handshake *h, int64_t now);

/* Whether nothing is left but to send what is written. */
bool handshake_over(const struct dtls_handshake *h);

/* Wipes what is secret. */
void handshake_wipe(struct dtls_handshake *h);

#endif
