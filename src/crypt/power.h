/* power - mont_exp of 16 limbs, as RSA-2048 has its primes, by what a processor has
 * for it: of mont.c. One of power_x86.c and power_none.c is compiled. Constant time.
 */
#ifndef NAT_CRYPT_POWER_H
#define NAT_CRYPT_POWER_H

#include "crypt/mont.h"

enum { POWER_LIMBS = 16 };

/* By what os/cpu's cpu_has_ifma says is there; NULL: not on this kind. */
extern void (*const power_native)(limb *r, const limb *a, const limb *e,
				  const struct mont *mod);

#endif
