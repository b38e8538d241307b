/* gcm - AES in Galois/Counter Mode (NIST SP 800-38D), with nonces of 12 bytes
 * and tags of 16. Used through aead.h, where its contract and limits stand.
 */
#ifndef NAT_CRYPT_GCM_H
#define NAT_CRYPT_GCM_H

#include "crypt/aes.h"

enum { GCM_NONCE = 12, GCM_TAG = 16, GCM_POWERS = 8 };

struct gcm;

/* How a kind of processor does it. */
struct gcm_way {
	const char *name;
	/* As aes_ctr. */
	void (*ctr)(const struct aes *a, uint8_t counter[16], struct span text);
	/* Fills g->powers, of which the first is the hash key. */
	void (*start)(struct gcm *g);
	/* As ghash_add. */
	void (*add)(const struct gcm *g, uint8_t sum[16], struct bytes b);
};

struct gcm { /* fields are private to gcm*.c */
	const struct gcm_way *way;
	struct aes aes;
	uint8_t powers[GCM_POWERS][16];
};

extern const struct gcm_way gcm_plain; /* any processor */

/* By what os/cpu's cpu_has_aes says is there; NULL: not on this kind. One of
 * gcm_x86.c, gcm_arm.c and gcm_none.c is compiled.
 */
extern const struct gcm_way *const gcm_native;

/* A key of 16 or 32 bytes. */
void gcm_init(struct gcm *g, const struct gcm_way *way, struct bytes key);
/* Encrypts or decrypts in place. */
void gcm_crypt(const struct gcm *g, const uint8_t nonce[GCM_NONCE],
	       struct span text);
/* The tag of what is encrypted. */
void gcm_tag(const struct gcm *g, const uint8_t nonce[GCM_NONCE],
	     struct bytes aad, struct bytes text, uint8_t tag[GCM_TAG]);

#endif
