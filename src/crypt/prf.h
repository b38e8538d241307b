/* prf - the pseudorandom function of TLS 1.2 (RFC 5246 5), with SHA-256 or
 * SHA-384 as the cipher suite has it.
 */
#ifndef NAT_CRYPT_PRF_H
#define NAT_CRYPT_PRF_H

#include "crypt/hash.h"

/* Fills out, which overlaps nothing else. label is text: "key expansion". */
void prf(const struct hash_alg *alg, struct bytes secret, const char *label,
	 struct bytes seed, struct span out);

#endif
