/* ecdsa - signatures over digests (FIPS 186-5 6): by P-256 and SHA-256 made and
 * checked, by P-384 checked.
 *
 * A signature is r and s, big-endian, each as long as a scalar of the curve. The
 * nonce is drawn from key and digest (RFC 6979 3.2), so that no bad source of
 * chance gives a key away.
 */
#ifndef NAT_CRYPT_ECDSA_H
#define NAT_CRYPT_ECDSA_H

#include "crypt/ec.h"

enum { ECDSA_P256_SIZE = 64, ECDSA_SIZE = 2 * EC_BYTES };

/* digest: 32 bytes. hedge: nothing, or chance that goes into the nonce as well
 * (RFC 6979 3.6), against faults. False: key is no scalar.
 */
bool ecdsa_sign(uint8_t sig[ECDSA_P256_SIZE], struct bytes key,
		struct bytes digest, struct bytes hedge);

/* point as ec_load. Of a digest longer than a scalar the front counts. */
bool ecdsa_verify(struct bytes sig, struct bytes digest, struct bytes point,
		  const struct ec_curve *c);

#endif
