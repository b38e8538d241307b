/* https - whom TLS on --https is for, told by the name that it asks for in its
 * first message, which stays where it is (wire/tls/peek.h):
 *
 *     a service of HTTPS   it is a visitor of that, untouched
 *     one of HTTP          TLS ends here; then as on --http
 *     no name at all       the same, if there is a certificate
 *     nobody's name        the alert unrecognized_name
 *
 * On an ADDR of clients (--listen, --listen-tls) those are a client's who asks for
 * the protocol "nat" (ALPN), for no name, or for one that nobody has published.
 */
#ifndef NAT_APP_RELAY_HTTPS_H
#define NAT_APP_RELAY_HTTPS_H

#include "app/relay/web_inner.h"

/* A step of HELLO, as those of exchange.h. */
int https_hello(struct web_conn *c);

/* Is that ADDR of --https one of --http, or of clients, too? */
bool https_is_open(struct web *web, const char *at);

/* ---- for door.c and relay.c ---- */

/* A connection to a port that is shared with --https, as long as nothing has been
 * taken from it: HTTPS_TAKEN has moved it, or ended it; HTTPS_MORE: not enough has
 * come to tell; HTTPS_NOT_OURS: it is no browser's.
 */
enum https_claim { HTTPS_NOT_OURS, HTTPS_MORE, HTTPS_TAKEN };
enum https_claim https_claims(struct relay *r, struct tcp *t,
			      const struct addr *from);

/* Is there such a thing in this build? */
extern const bool https_is_known;

/* Notes whether p, at that ADDR, is shared; and what is said behind it then. */
void https_share(struct relay_port *p, const char *at);
void https_print_share(struct fmt *f, const struct relay_port *p);

/* Does that ADDR stand among those of --https too? */
bool https_shares(const struct relay_conf *conf, const char *at);

#endif
