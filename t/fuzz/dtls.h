/* dtls - what the targets of DTLS share: two engines in the middle of a good
 * handshake (t/unit/dtls_pair.h), or behind it.
 */
#ifndef NAT_T_FUZZ_DTLS_H
#define NAT_T_FUZZ_DTLS_H

#include "../unit/dtls_pair.h"
#include "base/cur.h"
#include "fuzz.h"

/* Two bytes of in say which kind of handshake it is, and how far it has come; the
 * rest is what an end hears as if it came from the other: for each record a byte of
 * flags (1: sealed by the right key, if there is one; 2: behind the one before, in
 * the same datagram; 4: half a second later), type, length (two bytes), text. What
 * is not sealed may as well be no record at all: type 0.
 */
void fuzz_dtls(struct cur *in, enum tls_role to);

#endif
