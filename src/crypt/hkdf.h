/* hkdf - keys from a secret that is not uniform, and more keys from those
 * (RFC 5869), with any hash.
 */
#ifndef NAT_CRYPT_HKDF_H
#define NAT_CRYPT_HKDF_H

#include "crypt/hash.h"

/* 2.2. Writes alg->size bytes. No salt: an empty one. */
void hkdf_extract(const struct hash_alg *alg, struct bytes salt,
		  struct bytes secret, uint8_t *key);

/* 2.3. Fills out, which does not overlap key and info; false: it is more than
 * 255 digests long, and untouched.
 */
bool hkdf_expand(const struct hash_alg *alg, struct bytes key,
		 struct bytes info, struct span out);

#endif
