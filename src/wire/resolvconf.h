/* resolvconf - what /etc/resolv.conf says: nameserver, search, domain, and the
 * options ndots, timeout, attempts and rotate. All else is passed over, as are
 * lines that are wrong: a resolver with half a file is better than none.
 */
#ifndef NAT_WIRE_RESOLVCONF_H
#define NAT_WIRE_RESOLVCONF_H

#include "base/addr.h"
#include "wire/dns.h"

enum { RESOLVCONF_SERVERS = 3, RESOLVCONF_SEARCH = 6 };

struct resolvconf {
	uint8_t nservers; /* 1 or more: without any it is 127.0.0.1 */
	uint8_t nsearch;
	uint8_t ndots, attempts; /* 0..15, 1..5 */
	bool rotate;
	uint32_t timeout_ms; /* of one question to one server: 1..30 s */
	struct addr servers[RESOLVCONF_SERVERS];
	struct bytes zones[RESOLVCONF_SERVERS]; /* "eth0" of fe80::1%eth0 */
	struct bytes search[RESOLVCONF_SEARCH];
};

/* The slices are of text. A server is "192.0.2.1", "2001:db8::1", "fe80::1%3" or
 * "fe80::1%eth0", each also as OpenBSD has it with a port: "[192.0.2.1]:5353".
 * The last search or domain line counts. Without an option timeout is 2 s and
 * not the 5 of others: whoever waits here tries again anyway.
 */
void resolvconf_parse(struct resolvconf *c, struct bytes text);

/* The i-th of the names that host, which is not empty, may mean: as it stands,
 * and within each domain of the search list. 0, -NAT_EINVAL: it is none,
 * -NAT_ENOENT: there are no more.
 */
MUST_USE int resolvconf_name(const struct resolvconf *c, struct bytes host,
			     unsigned i, struct dns_name *name);

/* Which of them is host as it stands: the first when it has ndots dots or ends in
 * one, else the last.
 */
unsigned resolvconf_itself(const struct resolvconf *c, struct bytes host);

#endif
