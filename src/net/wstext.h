/* wstext - a tcp over which messages of text go by WebSocket (RFC 6455), for who
 * has opened it already: each is heard whole, where it stands.
 *
 *	in:   text that is heard, its tail | frames as they came
 *	      ^ the front of the input of the tcp below
 *
 * Pings are answered here. Who owns it stops the tcp.
 */
#ifndef NAT_NET_WSTEXT_H
#define NAT_NET_WSTEXT_H

#include "base/err.h"
#include "net/tcp.h"
#include "wire/ws.h"

struct wstext { /* fields are private to wstext.c */
	struct tcp *tcp;
	struct ws_in in;
	uint32_t text, tail; /* bytes that are heard; of no use behind them */
	bool whole;          /* that is a message */
	bool closed;         /* our Close is said */
	bool pong;           /* is owed: */
	uint8_t ping_n, ping[WS_CONTROL];
};

/* Of messages of most bytes at most. */
void wstext_start(struct wstext *w, struct tcp *tcp, enum ws_role role,
		  uint32_t most);

/* 1 and a message, to be taken before the next; 0: none is here now; less: it is
 * over, by its Close (-NAT_ECLOSED) or since it broke a rule (-NAT_EPROTO); Close
 * is answered, or said, then.
 */
MUST_USE int wstext_hear(struct wstext *w, struct bytes *message);
void wstext_take(struct wstext *w);

/* A message; a ping. False: there is no room for it now. */
MUST_USE bool wstext_say(struct wstext *w, struct bytes message);
MUST_USE bool wstext_ping(struct wstext *w);
/* Once, if there is room. */
void wstext_close(struct wstext *w, enum ws_code code);
/* What is owed, when there is room again. */
void wstext_settle(struct wstext *w);

#endif
