/* tls - what the targets of TLS share: two engines in the middle of a good
 * handshake (t/unit/between.h).
 */
#ifndef NAT_T_FUZZ_TLS_H
#define NAT_T_FUZZ_TLS_H

#include "../unit/between.h"
#include "base/cur.h"
#include "fuzz.h"

/* Two bytes of in say which kind of handshake it is, and how far it has come. */
struct between *fuzz_between(struct cur *in);

/* The rest of in is records that an end hears as if they came from the other:
 * type, length (two bytes), text. What both have to say goes to nobody.
 */
void fuzz_tell(struct cur *in, struct between *b, enum tls_role to);

#endif
