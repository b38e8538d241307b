/* both13 - what client and server of TLS 1.3 do alike (RFC 8446 4.4, 7.1), as
 * rows of their tables (hs.h), and the keys behind them.
 */
#ifndef NAT_WIRE_TLS_BOTH13_H
#define NAT_WIRE_TLS_BOTH13_H

#include "wire/tls/hs.h"

/* ---- rows ---- */

int both13_give_certificate(struct tls *t, struct pack *body);
int both13_give_verify(struct tls *t, struct pack *body);
int both13_give_finished(struct tls *t, struct pack *body);
/* hs->peer.spki_n is 0 behind it when the other side has shown nothing. */
int both13_take_certificate(struct tls *t, struct bytes body);
int both13_take_verify(struct tls *t, struct bytes body);
int both13_take_finished(struct tls *t, struct bytes body);

/* ---- keys ---- */

/* The secret of hs->share with the other side's key; or tls_fail. */
int both13_agree(struct tls *t, struct bytes share);

/* Behind ServerHello: handshake keys, both ways. */
void both13_handshake(struct tls *t);
/* Behind the server's Finished: secrets of data, and the exporter's. */
void both13_data(struct tls *t);
/* To the keys of data, one way; in: hs_turned too. */
void both13_in(struct tls *t);
void both13_out(struct tls *t);
/* Behind the client's Finished. */
void both13_resumption(struct tls *t);

/* Who the other side is goes into t->about. */
void both13_believe(struct tls *t);

#endif
