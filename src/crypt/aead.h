/* aead - authenticated encryption in place: AES-GCM (NIST SP 800-38D, RFC 5116
 * 5.1, 5.2) and ChaCha20-Poly1305 (RFC 8439 2.8), by rows of one table.
 *
 *	struct aead a;
 *
 *	aead_init(&a, &aead_aes128_gcm, key);
 *	aead_seal(&a, nonce, aad, text, tag);
 *	if (!aead_open(&a, nonce, aad, text, tag)) ...
 *	ct_wipe(&a, sizeof(a));
 *
 * Constant time in key, text and aad; their lengths and the verdict of
 * aead_open are no secrets. No heap. A struct aead may be copied.
 *
 * Limits, which callers keep; a violation is not noticed:
 * - a nonce is used once for sealing under a key. With GCM two texts under one
 *   nonce give away the key that authenticates.
 * - a text has at most 2^36 - 32 bytes (GCM) or 2^38 - 64 (ChaCha20): the
 *   counter of blocks has 32 bits.
 * - AES-GCM: at most 2^24.5 full records of TLS under one key (RFC 8446 5.5),
 *   and 2^36 tries at opening (RFC 9147 4.5.3); ChaCha20-Poly1305: the nonces
 *   are the limit, and 2^36 tries.
 */
#ifndef NAT_CRYPT_AEAD_H
#define NAT_CRYPT_AEAD_H

#include "base/err.h"
#include "crypt/chacha.h"
#include "crypt/gcm.h"

enum { AEAD_KEY_MOST = 32, AEAD_NONCE = 12, AEAD_TAG = 16 };

struct aead;

struct aead_alg {
	const char *name;
	size_t key; /* bytes */
	void (*init)(struct aead *a, const uint8_t *key);
	/* Encrypts or decrypts. */
	void (*crypt)(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
		      struct span text);
	/* The tag of what is encrypted. */
	void (*tag)(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
		    struct bytes aad, struct bytes text, uint8_t tag[AEAD_TAG]);
};

extern const struct aead_alg aead_aes128_gcm;
extern const struct aead_alg aead_aes256_gcm;
extern const struct aead_alg aead_chacha20_poly1305;

struct aead { /* fields are private to aead.c */
	const struct aead_alg *alg;
	union {
		struct gcm gcm;
		struct chacha chacha;
	};
};

/* Once, before the first key: which of gcm_native and chacha_native this
 * processor can do, as os/cpu knows. Without this call all is plain C; the
 * results are the same.
 */
void aead_native(bool aes, bool avx2);

/* A key of alg->key bytes. */
void aead_init(struct aead *a, const struct aead_alg *alg, const uint8_t *key);

/* Encrypts text where it is and writes the tag; aad is authenticated only. */
void aead_seal(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
	       struct bytes aad, struct span text, uint8_t tag[AEAD_TAG]);

/* Decrypts text where it is. False: it is not authentic, and is as it was; not
 * a byte is decrypted before the tag has been verified.
 */
MUST_USE bool aead_open(const struct aead *a, const uint8_t nonce[AEAD_NONCE],
			struct bytes aad, struct span text,
			const uint8_t tag[AEAD_TAG]);

#endif
