/* hash - MD5, SHA-1 and SHA-2 (RFC 1321, FIPS 180-4) behind one set of verbs.
 *
 *	struct hash h;
 *	uint8_t digest[SHA384_SIZE];
 *
 *	hash_init(&h, &hash_sha384);
 *	hash_add(&h, part);                     as often as there are parts
 *	hash_end(&h, digest);
 *
 * A struct hash may be copied at any time, to go on in two ways or to take the
 * digest of what has been heard so far. Constant time; no heap; up to 2^61
 * bytes. MD5 and SHA-1 can be made to collide: only for protocols that have
 * nothing else and do not rest on it.
 */
#ifndef NAT_CRYPT_HASH_H
#define NAT_CRYPT_HASH_H

#include "base/span.h"

enum {
	MD5_SIZE = 16,
	SHA1_SIZE = 20,
	SHA256_SIZE = 32,
	SHA384_SIZE = 48,
	SHA512_SIZE = 64,
	HASH_MOST = 64, /* the longest digest */
	HASH_BLOCK_MOST = 128,
};

union hash_words {
	uint32_t w[8];
	uint64_t d[8];
};

struct hash_alg {
	const char *name;
	uint8_t size;  /* bytes of a digest */
	uint8_t block; /* bytes taken at a time; HMAC needs to know */
	uint8_t word;  /* bytes of a word of the state */
	bool little;   /* bytes of a word, the least first */
	union hash_words start;
	void (*blocks)(union hash_words *h, const uint8_t *p, size_t blocks);
};

extern const struct hash_alg hash_md5;    /* RFC 1321 */
extern const struct hash_alg hash_sha1;   /* FIPS 180-4 6.1 */
extern const struct hash_alg hash_sha256; /* 6.2 */
extern const struct hash_alg hash_sha384; /* 6.5 */
extern const struct hash_alg hash_sha512; /* 6.4 */

struct hash { /* fields are private to hash.c and hmac.c */
	const struct hash_alg *alg;
	uint64_t n; /* bytes heard */
	union hash_words h;
	uint8_t block[HASH_BLOCK_MOST];
};

void hash_init(struct hash *s, const struct hash_alg *alg);
void hash_add(struct hash *s, struct bytes b);
/* Writes alg->size bytes, ends the computation and wipes s. */
void hash_end(struct hash *s, uint8_t *out);

#endif
