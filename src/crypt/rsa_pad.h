/* rsa_pad - RSA signatures over digests: RSASSA-PKCS1-v1_5 and RSASSA-PSS (RFC
 * 8017 8), SHA-256, SHA-384 and SHA-512. PSS with MGF1 by the same hash and a
 * salt as long as the digest, as TLS wants it.
 *
 * Signatures are pub.bytes long. What is signed is compared whole, never
 * parsed: there is one encoding and no other.
 */
#ifndef NAT_CRYPT_RSA_PAD_H
#define NAT_CRYPT_RSA_PAD_H

#include "crypt/hash.h"
#include "crypt/rsa.h"

/* A digest and what made it. */
struct rsa_text {
	const struct hash_alg *alg;
	struct bytes digest;
};

/* False: a hash that has no place here, or a fault; then sig is zeros. */
bool rsa_sign_pkcs1(struct rsa_key *k, const struct rsa_text *text,
		    uint8_t *sig);
bool rsa_sign_pss(struct rsa_key *k, const struct rsa_text *text,
		  const uint8_t *salt, uint8_t *sig);

bool rsa_verify_pkcs1(const struct rsa_public *pub, const struct rsa_text *text,
		      struct bytes sig);
bool rsa_verify_pss(const struct rsa_public *pub, const struct rsa_text *text,
		    struct bytes sig);

#endif
