/* session - resumption in TLS 1.3 (RFC 8446 4.6.1, 2.2): the tickets of a server,
 * which holds no state, and what a client keeps of them.
 *
 * A ticket is the name of a key, a nonce, and struct ticket sealed by AES-256-GCM
 * under that key. Nobody else reads it.
 */
#ifndef NAT_WIRE_TLS_SESSION_H
#define NAT_WIRE_TLS_SESSION_H

#include "crypt/aead.h"
#include "wire/tls/hello.h"
#include "wire/tls/tls.h"

enum {
	TICKETS_LOOKED_AT = 4,   /* of those a client offers */
	TICKET_LIFE = 24 * 3600, /* s; RFC 8446 allows seven days */
	TICKET_SIZE = 8 + AEAD_NONCE + 2 + TLS_SECRET + 4 + 8 + 2 * TLS_PIN +
		      1 + AEAD_TAG
};

/* What a server wants to know again. */
struct ticket {
	uint16_t suite;
	uint8_t psk[TLS_SECRET];
	uint32_t age_add;
	int64_t since;         /* ms since 1970 */
	uint8_t name[TLS_PIN]; /* SHA-256 of the name that was asked for */
	uint8_t pin[TLS_PIN];  /* the client's */
	bool verified;
};

/* In TICKET_SIZE bytes. */
void ticket_seal(const struct tls_tickets *keys, const struct ticket *x,
		 struct pack *to, void (*fill)(struct span to));
/* False: it is none of ours, or no more. */
bool ticket_open(const struct tls_tickets *keys, struct bytes b,
		 struct ticket *x);

/* What a session is bound to: t->name, from hs->name. */
void session_name(struct tls *t);

/* ---- a server's ---- */

/* A ticket for this session: the body of NewSessionTicket. */
void session_give(struct tls *t, struct pack *p);

/* Looks for a session among those offered, by a ClientHello that is hs->raw: 0,
 * or tls_fail; hs->v13.resuming says whether there is one for suite.
 */
int session_find(struct tls *t, const struct hello *h,
		 const struct tls_suite *suite);

/* ---- a client's ---- */

/* What stands in pre_shared_key, the binder yet to be made; p NULL: there is no
 * session to offer. Then the binder, in a ClientHello that is whole.
 */
struct bytes session_wish(struct tls *t, struct span room);
void session_bind(struct tls *t, struct pack *p);

/* Hears a NewSessionTicket: 0, or tls_fail. */
int session_take(struct tls *t, struct bytes body);

#endif
