/* resolve - from a host's name to addresses, over the loop: a stub resolver of
 * our own (docs/protocol/dns.md). Numbers, the hosts file and localhost first,
 * then the servers of resolv.conf, AAAA and A at once.
 *
 * Who asks for the same at the same time shares the questions, and sees nothing
 * of it. At most RESOLVE_LOOKUPS names are asked for at once; others wait.
 */
#ifndef NAT_NET_RESOLVE_H
#define NAT_NET_RESOLVE_H

#include "base/addr.h"
#include "net/net.h"

enum { RESOLVE_LOOKUPS = 32, RESOLVE_ADDRS = 16 };

struct lookup;

/* What is heard: the addresses of one family, or of all there are. */
struct found {
	bool last; /* nothing comes after this */
	int err;   /* with last, when nothing was found at all: -NAT_ENAME there
		    * is no such name or it has no address, -NAT_ENODNS nobody
		    * can tell */
	uint8_t n;
	struct addr addrs[RESOLVE_ADDRS]; /* port 0 */
};

struct resolve { /* fields are private to net/ */
	struct net *net;
	void (*heard)(struct resolve *r, const struct found *f);
	struct bytes host;
	struct lookup *lookup;
	struct list node; /* of lookup, or among those that wait for one */
	struct soon begin;
};

/* heard is called from the loop, never from within resolve_start: once, or when
 * one family is known before the other twice. f is lent for the call, host until
 * the last one. The owner may stop or reuse r in it.
 */
void resolve_start(struct resolve *r, struct net *net, struct bytes host,
		   void (*heard)(struct resolve *, const struct found *));
/* Nothing is heard after; idempotent for one that was ever started. */
void resolve_stop(struct resolve *r);

#endif
