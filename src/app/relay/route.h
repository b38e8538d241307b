/* route - which service a request is for, by the host that it names and how its
 * path begins. Each is one client's as long as it publishes it.
 *
 *     blog             the host blog.DOMAIN, of --domain
 *     www.example.org  this host
 *     *.example.org    every host below it that has no service of its own
 *     HOST/api         of these requests those for /api, /api/..., /api?...
 *
 * The longest path wins, among those of the host itself, then among those of the
 * nearest wildcard.
 */
#ifndef NAT_APP_RELAY_ROUTE_H
#define NAT_APP_RELAY_ROUTE_H

#include "app/relay/core.h"
#include "wire/fastnat.h"
#include "wire/site.h"

struct published;

enum {
	ROUTE_HOST = 253,
	ROUTE_PATH = 128,
	ROUTE_LEVELS = 8 /* below a wildcard */
};

/* Lower-case, without a dot at the end; a wildcard without its "*.". HTTPS that is
 * passed through has names of its own, without paths.
 */
struct route_name {
	bool wild, passes;
	uint8_t host_n, path_n;
	uint8_t host[ROUTE_HOST], path[ROUTE_PATH];
};

struct route {
	struct slot slot;
	struct map_node node;
	struct published *published;
	bool shares; /* its visitors may share a connection (shared.h) */
	bool found;  /* by its name; others of its group are not (group.h) */
	struct route_name name;
	struct site site;
	uint8_t words[FASTNAT_HOST]; /* that site is of */
};

struct routes {
	struct slots table; /* of struct route */
	struct map by_host;
	struct map_seed seed; /* random: strangers choose the hosts */
};

/* As a client asks for it. NULL; or what is wrong, for people. domain may be
 * NULL.
 */
const char *route_read(struct route_name *name, struct bytes text,
		       const char *domain);
/* NULL, or what is wrong with a domain. */
const char *route_domain_fault(struct bytes domain);
void route_print(struct fmt *f, const struct route_name *name);

/* What m asks for behind the name, from now on. NULL; or what is wrong, for people,
 * with all as it was.
 */
const char *route_settle(struct route *r, struct bytes words);

/* For p from now on, p->route then; in a group, beside others. -NAT_EINUSE: it is
 * another's; -NAT_ELIMIT.
 */
MUST_USE int route_put(struct routes *rs, const struct route_name *name,
		       struct published *p);
/* The name is found for another of p's group from now on, if p it was and there is
 * one.
 */
void route_remove(struct routes *rs, struct published *p);

bool route_same(const struct route_name *a, const struct route_name *b);

/* host: without port; path: as it stands in the request. NULL: nobody's. */
struct published *route_find(const struct routes *rs, struct bytes host,
			     struct bytes path);
/* Whose TLS with that host is: a service of HTTPS, or any one of HTTP there, the
 * host itself before a wildcard, HTTPS where both are as near. NULL: nobody's.
 */
struct published *route_find_tls(const struct routes *rs, struct bytes host);

/* The same for the same host, whatever its case and the dot at its end; not 0. */
uint32_t route_mark(const struct routes *rs, struct bytes host);

#endif
