/* cidr - networks as people write them (RFC 4632 3.1, RFC 4291 2.3), and lists
 * of them: who is let in.
 *
 * "192.0.2.0/24", "2001:db8::/32"; an address alone is a network of one. What
 * stands behind the prefix must be zero, or a slip such as 10.0.0.1/3 for
 * 10.0.0.1/32 would let half of the world in. A mapped IPv4 address is IPv4,
 * in a network as in what is looked for; ::/0 has no IPv4 in it.
 */
#ifndef NAT_BASE_CIDR_H
#define NAT_BASE_CIDR_H

#include "base/addr.h"

struct cidr {
	uint8_t ip[16]; /* IPv4 as mapped */
	uint8_t bits;   /* of 128 */
};

enum { CIDRS_MOST = 16 };
struct cidrs { /* a zeroed one is empty */
	uint32_t n;
	struct cidr v[CIDRS_MOST];
};

/* NULL and *c; or what is wrong, for people, with *c as it was. */
const char *cidr_parse(struct cidr *c, struct bytes text);

/* Adds what stands in text, parted by spaces; the same answers, and *l as it was
 * when one is wrong.
 */
const char *cidrs_parse(struct cidrs *l, struct bytes text);

/* Is the address in one of them? */
bool cidrs_have(const struct cidrs *l, const struct addr *a);

#endif
