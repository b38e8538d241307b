/* self - who we are to peers: a key of P-256 and a certificate of its own, known by
 * its fingerprint alone. Its dates are fixed and wide, since routers wake up in 1970,
 * and it has no name of anybody.
 */
#ifndef NAT_WIRE_DTLS_SELF_H
#define NAT_WIRE_DTLS_SELF_H

#include "wire/tls/conf.h"

enum { SELF_DER = 512 };

struct self { /* ct_wipe it when done; not to be moved: id points into it */
	struct key key;
	struct x509 cert;
	struct tls_identity id;
	uint8_t der[SELF_DER];
	size_t n;
};

/* A new key, and its certificate. False: a fault in signing. */
MUST_USE bool self_make(struct self *s, void (*fill)(struct span to));

/* What was made before: its key in PEM, its certificate in DER. False: they are
 * none.
 */
MUST_USE bool self_load(struct self *s, struct bytes key, struct bytes der,
			void (*fill)(struct span to));

#endif
