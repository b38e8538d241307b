/* base64 - RFC 4648 4. Constant time in what it says, since keys are written so;
 * where the text ends and breaks its lines is no secret.
 */
#ifndef NAT_BASE_BASE64_H
#define NAT_BASE_BASE64_H

#include "base/err.h"
#include "base/fmt.h"

/* With padding; a newline after each so many characters, and at the end, or none
 * if that is 0.
 */
void base64_put(struct fmt *f, struct bytes b, size_t line);

/* Text into bytes; white space is passed over. How many, or -NAT_EINVAL, or
 * -NAT_EROOM. Only what base64_put would write is taken: no bits are left over.
 */
MUST_USE long base64_get(struct span to, struct bytes text);

#endif
