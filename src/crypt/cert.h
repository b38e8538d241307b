/* cert - makes self-signed X.509 v3 certificates (RFC 5280) for one who is known
 * by a pin, or whose certificate others keep.
 *
 * Common name, subject alternative names, validity, basic constraints (no CA),
 * key usage (digital signature), subject key identifier (RFC 5280 4.2.1.2, 1).
 */
#ifndef NAT_CRYPT_CERT_H
#define NAT_CRYPT_CERT_H

#include "crypt/key.h"

enum { CERT_MOST = 4096, CERT_SERIAL = 16, CERT_NAME_MOST = 64 };

struct cert_name {
	bool address; /* 4 or 16 bytes of one, else a name of DNS */
	struct bytes b;
};

struct cert_wish {
	struct bytes common; /* at most 64 bytes, RFC 5280 A.1 */
	const struct cert_name *names;
	size_t count;
	int64_t from, until; /* seconds since 1970 */
	bool bare;           /* no extensions: for who is known by a digest */
};

/* DER in room; nothing: it does not fit, or a fault in signing. */
struct bytes cert_make(struct span room, struct key *k,
		       const struct cert_wish *wish,
		       void (*fill)(struct span to));

#endif
