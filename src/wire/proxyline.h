/* proxyline - the PROXY protocol of haproxy, versions 1 and 2: what stands in front
 * of a connection, or of a datagram, and says where it really comes from.
 *
 *     1  "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n", TCP6, or "PROXY UNKNOWN
 *        ...\r\n"; 107 bytes at most
 *     2  0: 0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a   12: 2 | LOCAL 0, PROXY 1
 *        13: family | transport   14..15: bytes behind these 16   16: addresses,
 *        then TLVs: type (1), length (2), value; of those unknown nothing is heard
 *
 * Strict: one form each, no blank or leading zero too many. A CRC-32C among the
 * TLVs must be right.
 */
#ifndef NAT_WIRE_PROXYLINE_H
#define NAT_WIRE_PROXYLINE_H

#include "base/addr.h"

enum {
	PROXYLINE_MOST = 4096,   /* bytes of one that is read, */
	PROXYLINE_PRINTED = 107, /* and of one that is printed */
	PROXYLINE_DATAGRAM = 52  /* of these before a datagram */
};

enum proxyline_kind {
	PROXYLINE_NONE, /* LOCAL, UNKNOWN, no address of the internet */
	PROXYLINE_STREAM,
	PROXYLINE_DGRAM
};

struct proxyline {
	uint8_t version, kind; /* 1 or 2; enum proxyline_kind */
	struct addr from, to;  /* if it is not NONE, of one family */
};

/* How in begins. How many bytes it takes; 0: not all of it is there; or
 * -NAT_EPROTO: that is none, and *p as it was.
 */
MUST_USE long proxyline_parse(struct proxyline *p, struct bytes in);

/* DGRAM needs version 2. Addresses of two families become IPv6, mapped ones of both
 * IPv4; without an address of the internet it is NONE that is printed.
 */
void proxyline_print(struct fmt *f, const struct proxyline *p);

#endif
