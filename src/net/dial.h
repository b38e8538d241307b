/* dial - connects to a host by the first of its addresses that answers: Happy
 * Eyeballs, RFC 8305. The families alternate, IPv6 first; a new attempt begins
 * DIAL_DELAY after the one before, or at once when that has failed. IPv4 alone
 * waits DIAL_V6_DELAY for the answer about IPv6. The name is resolved anew for
 * each dial.
 */
#ifndef NAT_NET_DIAL_H
#define NAT_NET_DIAL_H

#include "base/addr.h"
#include "net/resolve.h"

enum { DIAL_ADDRS = 4, DIAL_DELAY = 250, DIAL_V6_DELAY = 50 };

struct attempt {
	struct io io;
	struct dial *dial;
	int64_t until;
};

struct dial { /* fields are private to dial.c */
	struct net *net;
	void (*done)(struct dial *d, int fd);
	struct resolve resolve;
	struct timer timer;
	struct soon failed; /* an address that was known from the start */
	int64_t patience;   /* ms for each address */
	int64_t next;       /* no attempt begins before */
	int err;            /* the last one */
	struct addr as; /* whose address it comes from; ADDR_NONE: our own */
	uint16_t port;
	bool resolving, six; /* six: it is IPv6's turn */
	uint8_t tried;
	uint8_t n[2], used[2]; /* of IPv4 (and unix), IPv6 */
	struct addr addrs[2][DIAL_ADDRS];
	struct attempt attempts[DIAL_ADDRS];
};

/* The outcome comes from the loop, never from within dial_start: a connected
 * and tuned descriptor, the owner's from then on; or the error of the attempt
 * that failed last (-NAT_ETIMEOUT: after patience ms), of at most DIAL_ADDRS; or
 * -NAT_ENAME, -NAT_ENODNS when there is no address. to->host is lent until then.
 */
void dial_start(struct dial *d, struct net *net, const struct hostport *to,
		int64_t patience, void (*done)(struct dial *, int fd));
/* The same for one address known already, of a unix socket too. */
void dial_addr(struct dial *d, struct net *net, const struct addr *to,
	       int64_t patience, void (*done)(struct dial *, int fd));
/* What is dialled from now on by d, zeroed at first, comes from that address, which is
 * somebody else's (os/borrow.h).
 */
static inline void dial_as(struct dial *d, const struct addr *as)
{
	d->as = *as;
}
/* No outcome comes after. */
void dial_stop(struct dial *d);

#endif
