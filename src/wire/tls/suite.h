/* suite - the cipher suites: what seals records, what hashes, for which version.
 *
 * AEAD alone, and in 1.2 with ECDHE alone (RFC 5289, RFC 7905). The rows stand in
 * the order of our preference; conf->suites has bit n for row n.
 */
#ifndef NAT_WIRE_TLS_SUITE_H
#define NAT_WIRE_TLS_SUITE_H

#include "crypt/aead.h"
#include "crypt/hash.h"

enum { TLS_SUITES = 9 };

enum tls_suite_auth { TLS_AUTH_ANY, TLS_AUTH_RSA, TLS_AUTH_ECDSA };

struct tls_suite {
	uint16_t id, version;
	uint8_t auth;  /* enum tls_suite_auth: what 1.2 signs with */
	uint8_t nonce; /* bytes of it that stand in a record of 1.2 */
	const struct aead_alg *aead;
	const struct hash_alg *hash;
	const char *name; /* as IANA spells it */
};

extern const struct tls_suite tls_suites[TLS_SUITES];

/* Among those of mask (0: all) and of that version; NULL: none. */
const struct tls_suite *suite_find(uint16_t id, uint16_t version,
				   uint32_t mask);

#endif
