/* p256 - what a processor has for P-256 beyond C, of p256.c. One of p256_x86.c and
 * p256_none.c is compiled. Constant time.
 */
#ifndef NAT_CRYPT_P256_H
#define NAT_CRYPT_P256_H

#include "crypt/mont.h"

/* By what os/cpu's cpu_has_mulx says is there; NULL: not on this kind. */
extern const struct mont_ops *const p256_field_native;
extern const struct mont_ops *const p256_order_native;

/* Once, at start: whether they may be used. Without this call all is plain C;
 * the results are the same.
 */
void p256_native(bool mulx);

#endif
