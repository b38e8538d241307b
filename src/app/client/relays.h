/* relays - where the client may log in, tried one after the other, and which
 * trouble with each has been said already.
 */
#ifndef NAT_APP_CLIENT_RELAYS_H
#define NAT_APP_CLIENT_RELAYS_H

#include "base/addr.h"
#include "base/opt.h"

enum { RELAY_PORT = 8888 };

struct relays {
	uint32_t n, now; /* how many; which one is being tried or in use */
	struct hostport at[OPT_LIST_MAX];
	uint32_t said[OPT_LIST_MAX]; /* hash of the last trouble; 0: none */
};

/* 0, or -NAT_ECONF with each ADDR that is wrong said. */
MUST_USE int relays_init(struct relays *r, const struct opt_list *list,
			 struct diag *d);

/* The one at hand as the user wrote it: "host:port", "[v6]:port". */
void relays_print(struct fmt *f, const struct relays *r);
void relays_print_port(struct fmt *f, const struct relays *r, uint16_t port);

#endif
