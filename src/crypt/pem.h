/* pem - DER as text between lines that say what it is (RFC 7468). */
#ifndef NAT_CRYPT_PEM_H
#define NAT_CRYPT_PEM_H

#include "base/cur.h"
#include "base/err.h"
#include "base/fmt.h"

struct pem {
	struct bytes label; /* "CERTIFICATE": lent by the text */
	struct bytes der;   /* in the room that was lent */
};

/* The next block of text; what stands before it is passed over. 1, 0 when there
 * is none, or -NAT_EINVAL, -NAT_EROOM, and the next call goes on behind it.
 */
MUST_USE int pem_next(struct pem *p, struct cur *text, struct span room);

void pem_put(struct fmt *f, const char *label, struct bytes der);

#endif
