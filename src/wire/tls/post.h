/* post - what is said once the handshake is over: KeyUpdate and tickets in 1.3
 * (RFC 8446 4.6), requests to begin anew in 1.2, which are declined.
 */
#ifndef NAT_WIRE_TLS_POST_H
#define NAT_WIRE_TLS_POST_H

#include "wire/tls/tls.h"

enum { /* bits of t->to_say, in the order of what is said first */
       SAY_ALERT = 1, /* about.alert */
       SAY_CLOSE = 2, /* close_notify */
       SAY_UPDATE = 4,
       SAY_ASK = 8, /* a KeyUpdate that asks for another */
       SAY_TICKET = 16,
       SAY_NO = 32 /* a warning, no_renegotiation, RFC 5246 7.2.2 */
};

/* Of handshake records, in parts as they come: 0, or tls_fail. */
int post_hear(struct tls *t, struct bytes b);

/* One record, for one of the bits from SAY_UPDATE on, which it takes away. */
size_t post_say(struct tls *t, struct span room);

#endif
