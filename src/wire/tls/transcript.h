/* transcript - the running hash of all that both sides have said (RFC 8446 4.4.1,
 * RFC 5246 7.4.9). Both hashes run until the suite says which it is.
 */
#ifndef NAT_WIRE_TLS_TRANSCRIPT_H
#define NAT_WIRE_TLS_TRANSCRIPT_H

#include "crypt/hash.h"

struct transcript {
	struct hash running[2];
	const struct hash_alg *alg; /* NULL: both */
};

void transcript_start(struct transcript *t);
void transcript_add(struct transcript *t, struct bytes message);

/* From here on only that one: SHA-256 or SHA-384. */
void transcript_keep(struct transcript *t, const struct hash_alg *alg);

/* The digest of all until now, and of more behind it, which is not kept; alg is
 * the one that runs, or one of both while they do: who signs in 1.2 chooses.
 */
void transcript_digest(const struct transcript *t, const struct hash_alg *alg,
		       struct bytes more, uint8_t out[SHA384_SIZE]);

/* What has been said, one ClientHello, gives way to its digest: behind it comes
 * a HelloRetryRequest.
 */
void transcript_retry(struct transcript *t);

#endif
