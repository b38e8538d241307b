/* addr - a socket address as a value: IPv4, IPv6, or the path of a unix socket
 * kept by whoever made the value. Numeric text only; names are net/resolve.h's.
 */
#ifndef NAT_BASE_ADDR_H
#define NAT_BASE_ADDR_H

#include "base/err.h"
#include "base/fmt.h"

enum addr_family { ADDR_NONE, ADDR_IP4, ADDR_IP6, ADDR_UNIX };

struct addr {
	uint8_t family; /* enum addr_family */
	uint16_t port;  /* host order; 0 for unix */
	uint32_t scope; /* IPv6 link-local: interface index, else 0 */
	union {
		uint8_t ip[16];   /* network order; IPv4: the first 4 */
		const char *path; /* ADDR_UNIX: the socket's, lent */
	};
};

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1" (RFC 4291 2.2), no brackets,
 * no port. Sets family, ip and scope ("fe80::1%3", digits only), port to 0.
 * 0, or -NAT_EINVAL with *a as it was.
 */
MUST_USE int addr_parse_ip(struct addr *a, struct bytes text);

/* What addr_print prints of an address of the internet: a number with a port that
 * is not 0. 0, or -NAT_EINVAL with *a as it was.
 */
MUST_USE int addr_parse(struct addr *a, struct bytes text);

/* "192.0.2.1" or "2001:db8::1" by RFC 5952; an IPv4-mapped address as IPv4. */
void addr_print_ip(struct fmt *f, const struct addr *a);

/* "192.0.2.1:80", "[2001:db8::1]:80", "unix:/path". */
void addr_print(struct fmt *f, const struct addr *a);

/* host:port as a user writes ADDR: "host:port", ":port", "port", "[v6]:port".
 * host comes back empty for ":port" and "port", without brackets for v6; port
 * 0..65535. 0, or -NAT_EINVAL. The slices are of text.
 */
struct hostport {
	struct bytes host;
	uint16_t port;
};
MUST_USE int hostport_parse(struct hostport *hp, struct bytes text);
/* Nothing but letters, digits, dots, hyphens and underscores: a name, or IPv4. */
bool hostport_is_host(struct bytes text);

/* Same family and ip; ports and mapped IPv4 do not matter. */
bool addr_same_ip(const struct addr *a, const struct addr *b);

/* IPv4, mapped or not? */
bool addr_is_ip4(const struct addr *a);

/* The first so many of the 128 bits of its ip, the others zero; an IPv4 address
 * is ::ffff:a.b.c.d, so that its own bits begin behind 96. ADDR_NONE: all zero.
 */
void addr_cut(uint8_t to[16], const struct addr *a, unsigned bits);

/* What one host, or household, may choose from: an IPv4 address, a /64. */
void addr_host(uint8_t to[16], const struct addr *a);

/* As a socket for both families knows it, and the other way. */
struct addr addr_mapped(const struct addr *a);
struct addr addr_plain(const struct addr *a);

#endif
