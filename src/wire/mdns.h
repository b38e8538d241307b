/* mdns - who is `3f1c....local`? A one-shot query of multicast DNS (RFC 6762 5.1) for
 * the names that browsers give in place of their addresses, and its answers.
 *
 * The query goes to MDNS_PORT of 224.0.0.251 and of ff02::fb, from that port if it can
 * be shared, else from any; answers come to the group or to who asked. Whoever is on
 * the link may answer: what comes of it is checked by ICE. Pure.
 */
#ifndef NAT_WIRE_MDNS_H
#define NAT_WIRE_MDNS_H

#include "base/addr.h"
#include "wire/dns.h"

enum {
	MDNS_PORT = 5353,
	MDNS_TRIES = 5,
	MDNS_WAIT = 300, /* ms for an answer, then twice as long each time:
			  * a browser's responder may have to be started */
	MDNS_ADDRS = 4
};

/* Groups that are asked. */
extern const struct addr mdns_groups[2];

/* Is it a name that only the link knows (RFC 6762 3)? */
bool mdns_is_local(struct bytes name);

/* Asks for IPv4 and IPv6 addresses at once. -NAT_EINVAL: that is no name. */
MUST_USE int mdns_print_query(struct fmt *f, struct bytes name);

/* The addresses of name that msg tells, without ports; how many, at most MDNS_ADDRS.
 * 0: none, or that is no answer.
 */
unsigned mdns_read(struct bytes msg, struct bytes name,
		   struct addr addrs[MDNS_ADDRS]);

#endif
