/* rsa_make - RSA keys, e = 65537 (FIPS 186-5 A.1.3: probable primes).
 *
 * Time tells how many candidates were thrown away, and about them what threw
 * them away; of those that are kept it tells nothing.
 */
#ifndef NAT_CRYPT_RSA_MAKE_H
#define NAT_CRYPT_RSA_MAKE_H

#include "crypt/rsa.h"

/* bits: 2048 to 4096, a multiple of 128. fill gives chance, without end. */
void rsa_make(struct rsa_key *k, size_t bits, void (*fill)(struct span to));

#endif
