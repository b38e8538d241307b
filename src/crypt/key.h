/* key - private keys, RSA or P-256, from files and into them: PKCS #8 (RFC 5958),
 * PKCS #1 (RFC 8017 A.1.2), SEC 1 (RFC 5915); in PEM, not encrypted.
 */
#ifndef NAT_CRYPT_KEY_H
#define NAT_CRYPT_KEY_H

#include "base/err.h"
#include "crypt/rsa.h"
#include "crypt/spki.h"

enum {
	KEY_P256_SIZE = 32,
	KEY_DER_MOST = 2560, /* an RSA key of 4096 bits in PKCS #8: 2,4xx */
	KEY_SPKI_MOST = 576,
	KEY_SIG_MOST = RSA_BYTES
};

struct key { /* ct_wipe it when done */
	bool rsa;
	struct rsa_key r;
	uint8_t scalar[KEY_P256_SIZE];
	uint8_t point[1 + 2 * KEY_P256_SIZE];
};

/* Makes one; bits of RSA as rsa_make. fill gives chance. */
void key_make_rsa(struct key *k, size_t bits, void (*fill)(struct span to));
void key_make_p256(struct key *k, void (*fill)(struct span to));

/* The first key in a text of PEM. 0, or -NAT_ENOENT, -NAT_EINVAL. fill as in
 * rsa_init.
 */
MUST_USE int key_load(struct key *k, struct bytes text,
		      void (*fill)(struct span to));

/* PKCS #8, DER. */
void key_put(struct der_out *o, const struct key *k);

/* Its SubjectPublicKeyInfo. */
void key_put_spki(struct der_out *o, const struct key *k);

/* Signs text as certificates are signed: SHA-256, by key_alg. fill: the hedge.
 * The signature stands in room; nothing: a fault.
 */
struct bytes key_sign(struct key *k, struct bytes text, struct span room,
		      void (*fill)(struct span to));
/* The same of a digest; by P-256 of a SHA-256. */
struct bytes key_sign_digest(struct key *k, const struct rsa_text *t,
			     struct span room, void (*fill)(struct span to));
const struct spki_alg *key_alg(const struct key *k);

#endif
