/* private - a client reaches a private service of another one, by a connection of
 * its own that becomes a visitor (docs/protocol/fastnat.md 2.7).
 *
 * The token file says who may, by name; with --visit-any everybody who is logged
 * in. A name counts only when a token of its own has proven it, of the one who
 * visits and of the one who is visited: a shared token proves no name.
 */
#ifndef NAT_APP_RELAY_PRIVATE_H
#define NAT_APP_RELAY_PRIVATE_H

#include "app/relay/session.h"

/* NULL, or why there cannot be such a private service. */
const char *private_fault(const struct fastnat *m);

/* Has s signed this header, and not used its number before? */
bool private_proven(struct session *s, const struct fastnat *m);

/* NULL: the connection has moved to a visitor, which waits for its owner. Else
 * why not, for the client, and *retry, the ms after which it may be otherwise
 * (0: it will not by itself); from is as it was.
 */
const char *private_visit(struct session *s, struct tcp *from,
			  const struct fastnat *m, uint32_t *retry);

#endif
