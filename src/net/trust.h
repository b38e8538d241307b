/* trust - certificates from files in PEM: of one, or of all of a directory that
 * are named as such.
 */
#ifndef NAT_NET_TRUST_H
#define NAT_NET_TRUST_H

#include "base/opt.h"
#include "wire/x509_store.h"

enum { TRUST_PATH = 1024 };

struct trust {
	struct x509_store *store;
	struct span text; /* room for a file */
	struct diag *d;
};

/* Adds what a file holds, one at least. 0, or an error: it has been said. */
MUST_USE int trust_file(struct trust *t, const char *path);

/* The same; of a directory each file NAME.pem, NAME.crt or by the hash of a name,
 * as openssl rehash makes links. One that cannot be used is an error, as it is
 * when it is given alone.
 */
MUST_USE int trust_add(struct trust *t, const char *path);

#endif
