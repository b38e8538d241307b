/* share - key exchange by named groups: X25519 and secp256r1 (RFC 8446 4.2.7,
 * 4.2.8 and 7.4.2; RFC 8422 5.4), the best first. What is agreed upon is the
 * key_share secret of 1.3 and the premaster secret of 1.2's ECDHE alike.
 */
#ifndef NAT_WIRE_TLS_SHARE_H
#define NAT_WIRE_TLS_SHARE_H

#include "base/err.h"
#include "base/span.h"

enum {
	SHARES = 2,
	SHARE_KEY = 32,    /* a private key, and what is agreed upon */
	SHARE_PUBLIC = 65, /* the longest public one */
	SHARE_ALL = (1 << SHARES) - 1
};

struct share {
	uint16_t group;   /* on the wire */
	uint8_t public_n; /* bytes of a public key */
	void (*make)(uint8_t *key, uint8_t *public,
		     void (*fill)(struct span to));
	bool (*agree)(uint8_t *secret, const uint8_t *key, struct bytes public);
};

/* Row i has bit 1 << i wherever a set of groups is kept. */
extern const struct share shares[SHARES];

/* NULL: none of ours, or not in the set (0: all). */
const struct share *share_of(uint16_t group, uint32_t set);

/* A fresh pair; ct_wipe the key when done. */
void share_make(const struct share *s, uint8_t key[SHARE_KEY],
		uint8_t public[SHARE_PUBLIC], void (*fill)(struct span to));

/* With the peer's public key as it came. False, and secret is not to be used: a
 * wrong length, no point of the curve, not 04 x y, or a point of small order.
 */
MUST_USE bool share_agree(const struct share *s, uint8_t secret[SHARE_KEY],
			  const uint8_t key[SHARE_KEY], struct bytes public);

#endif
