/* presence - hosts and clients of other servers that share a Redis (--store): a
 * message for who is not here goes to the server where it is.
 *
 *      nat:signal:h:ID   a channel: what is for the host of that id, by the server
 *                        where it is; and claims of servers where one of that id
 *                        comes
 *      nat:signal:c:ID   what is for a client that has called somebody
 *      nat:signal:s:SRV  that a claim of this server is refused
 *
 * Nothing is kept in Redis, so that nothing outlives who wrote it. Of two hosts with
 * one id the one longer there stays, or the newer if both have come by the same
 * token. While Redis is away each server is alone; when it is back, all is claimed
 * again.
 */
#ifndef NAT_APP_SIGNAL_PRESENCE_H
#define NAT_APP_SIGNAL_PRESENCE_H

#include "app/signal/signal.h"

struct signal_conn;

/* conf names none: s->presence stays NULL. 0, or an error, said. */
MUST_USE int presence_start(struct signal *s, struct diag *d);
void presence_stop(struct signal *s);

/* A host has come and holds its id here; a client has called somebody. */
void presence_claim(struct signal_conn *c);
void presence_reach(struct signal_conn *c);
/* It is gone. */
void presence_end(struct signal_conn *c);

/* What c says to that host, or client, elsewhere; if there is none, c will be told.
 * False: nobody can be asked.
 */
MUST_USE bool presence_pass(struct signal_conn *c, struct bytes id,
			    bool to_host, struct bytes message);

#endif
