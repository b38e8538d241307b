/* web_inner - what web.c does for the steps of a web_conn, which are in https.c and
 * exchange.c.
 */
#ifndef NAT_APP_RELAY_WEB_INNER_H
#define NAT_APP_RELAY_WEB_INNER_H

#include "app/relay/web.h"

void web_enter(struct web_conn *c, enum web_state state);
/* Steps, as far as there is something to do: the last thing done in a wake. */
void web_run(struct web_conn *c);
/* One more that comes from there, in HELLO, without a tcp yet; NULL: no more. */
struct web_conn *web_open(struct web *web, const struct addr *from);
/* Its tcp runs: the first state of it. */
void web_begin(struct web_conn *c, enum web_state state);
/* Tried again soon, in HELLO or HEAD. As the steps of exchange.h. */
int web_hold(struct web_conn *c, enum web_state state);
/* c goes, to has its tcp. */
void web_leave(struct web_conn *c, struct tcp *to);
/* A page instead of an answer, or a reset if one has begun. They answer as the
 * steps of exchange.h.
 */
int web_refuse(struct web_conn *c, unsigned status);
int web_end(struct web_conn *c, bool reset);
/* Nothing more is said to it: LINGER. */
void web_close(struct web_conn *c);
/* Has up said nothing since its last answer, and is still there? */
bool web_quiet(const struct web_conn *c);
/* No longer needs its data connection. */
void web_drop(struct web_conn *c, int err);
/* Waits for a data connection of p. False: there is none to be had. */
bool web_reach(struct web_conn *c, struct published *p,
	       const struct addr *from);
/* It is a client's of the relay: it goes to a door. As the steps of exchange.h. */
int web_give(struct web_conn *c, const struct addr *from);
/* Another protocol: it and its data connection are a visitor like any other from
 * now on. The last thing that the caller does.
 */
void web_become(struct web_conn *c);
/* Where the request at hand comes from. */
struct addr web_from(const struct web_conn *c);

#endif
