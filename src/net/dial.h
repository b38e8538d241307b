/* dial - connects to the first address that answers, of those a host has. */
#ifndef NAT_NET_DIAL_H
#define NAT_NET_DIAL_H

#include "base/addr.h"
#include "net/net.h"

enum { DIAL_ADDRS = 4 };

struct dial { /* fields are private to dial.c */
	struct io io;
	struct timer limit;
	struct soon report;
	struct net *net;
	void (*done)(struct dial *d, int fd);
	struct addr addrs[DIAL_ADDRS];
	uint8_t naddrs, next;
	int result;
	int64_t patience; /* ms for each address */
};

/* The outcome comes from the loop, never from within dial_start: a connected
 * and tuned descriptor, the owner's from then on; or the error of the last
 * address (-NAT_ENAME when there was none, -NAT_ETIMEOUT after patience ms).
 */
void dial_start(struct dial *d, struct net *net, const struct hostport *to,
		int64_t patience, void (*done)(struct dial *, int fd));
/* The same for one address known already, of a unix socket too. */
void dial_addr(struct dial *d, struct net *net, const struct addr *to,
	       int64_t patience, void (*done)(struct dial *, int fd));
/* No outcome comes after. */
void dial_stop(struct dial *d);

#endif
