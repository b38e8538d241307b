/* sha256 - whether hash_sha256 works by the processor's instructions. */
#ifndef NAT_CRYPT_SHA256_H
#define NAT_CRYPT_SHA256_H

#include <stdbool.h>

/* Once, before the first hash: has this processor instructions for SHA-256, as
 * os/cpu knows? Without this call everything is plain C. Same results.
 */
void sha256_native(bool has);

#endif
