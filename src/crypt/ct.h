/* ct - handling secrets: comparing without telling how far, wiping for real. */
#ifndef NAT_CRYPT_CT_H
#define NAT_CRYPT_CT_H

#include "base/span.h"

/* Constant time in the contents; lengths are no secret. */
bool ct_equal(struct bytes a, struct bytes b);

/* Not optimised away. */
void ct_wipe(void *p, size_t n);

#endif
