/* exchange - one request and its answer, as steps of a web_conn. */
#ifndef NAT_APP_RELAY_EXCHANGE_H
#define NAT_APP_RELAY_EXCHANGE_H

#include "app/relay/web_inner.h"

/* Each answers: 1, there may be more to do; 0, wait; -1: the connection is gone.
 */
int exchange_head(struct web_conn *c); /* HEAD: reads one, finds its service */
int exchange_ask(struct web_conn *c);  /* ASK: passes it on */
int exchange_both(struct web_conn *c); /* BOTH: bodies and the answer */

/* Puts the request's head on to; how many bytes, 0: there is no room now. */
size_t exchange_say(struct web_conn *c, struct stream *to);

#endif
