/* x509_store - certificates from PEM, in memory that was lent: those to trust,
 * or a chain to show.
 */
#ifndef NAT_WIRE_X509_STORE_H
#define NAT_WIRE_X509_STORE_H

#include "wire/x509.h"

struct x509_store {
	struct x509 *certs; /* most of them are lent */
	size_t n, most;
	struct span room; /* for their DER; shrinks */
	size_t skipped;   /* blocks that are no certificate of ours */
	size_t again;     /* certificates that were there already */
};

/* Adds what a text of PEM holds, a file of a directory, say. How many there are
 * now, or -NAT_EROOM. A block that is broken is skipped: one rotten certificate
 * among a hundred must not take the others away. What is there already is not
 * added twice: links by the hash of a name stand beside what they lead to.
 */
MUST_USE long x509_store_add(struct x509_store *s, struct bytes text);

#endif
