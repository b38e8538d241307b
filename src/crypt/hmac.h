/* hmac - HMAC with any hash (RFC 2104).
 *
 * Once it has its key, a struct hmac may be copied as often as there are texts
 * to authenticate: each copy saves the hashing of the key. ct_wipe what was
 * copied from; hmac_end wipes the copy.
 */
#ifndef NAT_CRYPT_HMAC_H
#define NAT_CRYPT_HMAC_H

#include "crypt/hash.h"

struct hmac { /* fields are private to hmac.c */
	struct hash hash;
	union hash_words outer; /* the hash after a block of key XOR 0x5c */
};

/* A key of any length. */
void hmac_init(struct hmac *h, const struct hash_alg *alg, struct bytes key);
void hmac_add(struct hmac *h, struct bytes b);
/* Writes alg->size bytes, ends the computation and wipes h. */
void hmac_end(struct hmac *h, uint8_t *out);

/* All of it at once. */
void hmac_of(const struct hash_alg *alg, struct bytes key, struct bytes text,
	     uint8_t *out);

#endif
