/* fingerprint - whom to believe: certificates by the digests that a description of
 * the session has told (RFC 8122 5, RFC 8827 6.5), or keys, by theirs. Nothing else
 * is looked at, dates and names neither.
 */
#ifndef NAT_WIRE_DTLS_FINGERPRINT_H
#define NAT_WIRE_DTLS_FINGERPRINT_H

#include "crypt/hash.h"

struct fingerprint {
	const struct hash_alg *alg; /* SHA-256, SHA-384 or SHA-512 */
	bool of_key; /* of its SubjectPublicKeyInfo: who has that key is believed */
	uint8_t digest[HASH_MOST];
};

/* By its name in SDP, in any case: "sha-256"; NULL: none of ours. */
const struct hash_alg *fingerprint_alg(struct bytes name);

/* Of a certificate in DER. */
void fingerprint_make(struct fingerprint *f, const struct hash_alg *alg,
		      struct bytes der);

/* Whether one of n is the certificate's. */
bool fingerprint_fits(const struct fingerprint *list, size_t n,
		      struct bytes der);

#endif
