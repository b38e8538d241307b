/* takeover - this process takes the place of another that serves, and gets its
 * sockets, its clients and its visitors; handover.h is the other side.
 */
#ifndef NAT_CMD_TAKEOVER_H
#define NAT_CMD_TAKEOVER_H

#include "cmd/serve.h"

struct takeover;

/* Asks the nat that answers at path, if there is one, for its sockets: whoever opens
 * one through net (net/legacy.h) gets them from now on. *t NULL: there is nobody.
 * 0, or an error, said.
 */
MUST_USE int takeover_begin(struct takeover **t, struct net *net,
			    const struct serve_what *what, const char *path,
			    struct diag *d);
/* All sections run: the other one gives way, and what it serves is served here. */
MUST_USE int takeover_finish(struct takeover *t, struct diag *d);
/* t may be NULL. */
void takeover_stop(struct takeover *t);

/* The relay that is all that is served, or NULL: then nobody takes over. */
struct relay;
struct relay *takeover_relay(const struct serve_what *what);
/* Of that section's settings: what listens for it; in relay.c. */
struct handover_sockets;
void takeover_sockets(const void *settings, struct handover_sockets *to);
bool takeover_fits(const struct serve_what *what);

#endif
