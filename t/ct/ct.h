/* ct - runs what works on secrets under valgrind's memcheck with the secrets
 * marked as undefined: a jump or an index that depends on them is an error,
 * arithmetic is none (the method of A. Langley's ctgrind).
 */
#ifndef NAT_T_CT_CT_H
#define NAT_T_CT_CT_H

#include "base/span.h"

struct ct_case {
	const char *name;
	void (*run)(void);
};

/* From now on a secret: filled with bytes that repeat, and undefined. */
void ct_secret(struct span s);
/* What may be known, as a ciphertext or a verdict. */
void ct_public(const void *p, size_t n);

/* Each part of src/crypt has a table, ended by a NULL name. */
extern const struct ct_case ct_symmetric[], ct_pubkey[];

#endif
