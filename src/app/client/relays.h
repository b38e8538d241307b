/* relays - where the client may log in, tried one after the other, and which
 * trouble with each has been said already.
 */
#ifndef NAT_APP_CLIENT_RELAYS_H
#define NAT_APP_CLIENT_RELAYS_H

#include "app/client/way.h"
#include "base/addr.h"
#include "base/opt.h"

enum { RELAY_HOST = 256 };

struct relays {
	uint32_t n, now; /* how many; which one is being tried or in use */
	struct hostport at[OPT_LIST_MAX];
	struct way ways[OPT_LIST_MAX];
	uint32_t said[OPT_LIST_MAX]; /* hash of the last trouble; 0: none */
	uint8_t hosts[OPT_LIST_MAX][RELAY_HOST]; /* where the hosts point to */
};

/* 0, or -NAT_ECONF with each ADDR that is wrong said. */
MUST_USE int relays_init(struct relays *r, const struct opt_list *list,
			 struct diag *d);

/* NULL, or what is wrong with one. *tls: it asks for TLS. */
const char *relays_fault(const char *text, bool *tls);

/* Takes the ones of another list, found good, in its order. The one at hand is at
 * hand still, if it is among them.
 */
enum relays_new { RELAYS_SAME, RELAYS_KEPT, RELAYS_GONE };
enum relays_new relays_take(struct relays *r, const struct opt_list *list);

/* The one at hand as the user wrote it: "host:port", "[v6]:port". */
void relays_print(struct fmt *f, const struct relays *r);
void relays_print_port(struct fmt *f, const struct relays *r, uint16_t port);

#endif
