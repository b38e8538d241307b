/* trust - ids by the names they were first met under: a file of lines NAME ID,
 * where '#' begins a comment. Who is met under a name that has no line is
 * believed, and pinned.
 */
#ifndef NAT_APP_PEER_TRUST_H
#define NAT_APP_PEER_TRUST_H

#include "base/opt.h"
#include "wire/showchain.h"

enum { TRUST_MOST = 64 * 1024 };

struct trust {            /* private to trust.c but for text */
	const char *path; /* NULL: nothing is kept */
	struct bytes text;
	char room[TRUST_MOST];
};

/* path NULL, or of a file that may not be there yet. 0, or said through d. */
MUST_USE int trust_load(struct trust *t, const char *path, struct diag *d);

/* False: the name has no line. */
bool trust_find(const struct trust *t, struct bytes name, uint8_t id[CHAIN_ID]);
/* Whether it is anybody's there. */
bool trust_has(const struct trust *t, const uint8_t id[CHAIN_ID]);
/* A line of it; false: there is no other. */
bool trust_next(struct bytes *rest, struct bytes *name, struct bytes *id);

/* Adds a line and writes the file anew. 0, or an error. */
MUST_USE int trust_pin(struct trust *t, struct bytes name,
		       const uint8_t id[CHAIN_ID]);

#endif
