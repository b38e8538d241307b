/* hmac - HMAC-SHA256 (RFC 2104, vectors of RFC 4231). */
#ifndef NAT_CRYPT_HMAC_H
#define NAT_CRYPT_HMAC_H

#include "crypt/sha256.h"

struct hmac { /* fields are private to hmac.c */
	struct sha256 inner, outer;
};

void hmac_init(struct hmac *h, struct bytes key); /* any length */
void hmac_add(struct hmac *h, struct bytes b);
/* Ends the computation and wipes h. */
void hmac_end(struct hmac *h, uint8_t out[SHA256_SIZE]);

#endif
