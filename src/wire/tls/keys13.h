/* keys13 - the key schedule of TLS 1.3 (RFC 8446 7.1): three secrets, one after
 * the other, and all keys from those and the transcript.
 *
 *	keys13_start(&k, alg, psk);             Early Secret
 *	keys13_mix(&k, shared);                 Handshake Secret
 *	keys13_derive(&k, "c hs traffic", digest, client);
 *	keys13_mix(&k, nothing);                Master Secret
 *
 * Secrets and digests are alg->size bytes long.
 */
#ifndef NAT_WIRE_TLS_KEYS13_H
#define NAT_WIRE_TLS_KEYS13_H

#include "wire/tls/suite.h"
#include "wire/tls/tls.h"

struct keys13 { /* ct_wipe it when done */
	const struct hash_alg *alg;
	uint8_t secret[TLS_SECRET];
};

/* psk: nothing when there is none. */
void keys13_start(struct keys13 *k, const struct hash_alg *alg,
		  struct bytes psk);
void keys13_mix(struct keys13 *k, struct bytes secret);

/* Derive-Secret; digest NULL: that of no messages at all. */
void keys13_derive(const struct keys13 *k, const char *label,
		   const uint8_t *digest, uint8_t *out);

/* HKDF-Expand-Label, for out.n < 256 * alg->size, label and context of at most
 * KEYS13_LABEL_MOST and HASH_MOST bytes.
 */
enum { KEYS13_LABEL_MOST = 249 };
void keys13_expand(const struct hash_alg *alg, const uint8_t *secret,
		   const char *label, struct bytes context, struct span out);

/* 7.3: what records are sealed with, from a traffic secret; numbers from 0. */
void keys13_way(const struct tls_suite *s, const uint8_t *secret,
		struct tls_way *way);

/* 7.2: the traffic secret after a KeyUpdate. */
void keys13_update(const struct hash_alg *alg, uint8_t *secret);

/* 4.4.4: what Finished says, by one side's traffic secret; and a binder. */
void keys13_finished(const struct hash_alg *alg, const uint8_t *secret,
		     const uint8_t *digest, uint8_t *out);

/* 7.5; the label as keys13_expand. */
void keys13_export(const struct hash_alg *alg, const uint8_t *exporter,
		   const char *label, struct bytes context, struct span out);

#endif
