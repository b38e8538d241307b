/* chainkey - identities of signed UDP peers: RSA keys of exactly 2048 bits with
 * e = 65537, whose id is SHA-256 of their SubjectPublicKeyInfo, so that a key
 * proves an id; signatures of messages, RSASSA-PKCS1-v1_5 with SHA-256; MACs
 * of a group, and of who uses a proxy, over the same text.
 */
#ifndef NAT_WIRE_CHAINKEY_H
#define NAT_WIRE_CHAINKEY_H

#include "crypt/hmac.h"
#include "crypt/key.h"
#include "wire/showchain.h"

/* A public key takes 256 bytes to remember: the rest of it is the same for all. */
enum { CHAIN_MODULUS = CHAIN_SIGN };

struct chain_self { /* ct_wipe it when done */
	struct key key;
	uint8_t id[CHAIN_ID], spki[CHAIN_SPKI];
};

/* 0; -NAT_EINVAL: k is no key of this kind. */
MUST_USE int chain_self_init(struct chain_self *s, const struct key *k);

/* The modulus of a key as messages carry it, and its id. False: it is none. */
bool chain_key_parse(uint8_t n[CHAIN_MODULUS], uint8_t id[CHAIN_ID],
		     const uint8_t spki[CHAIN_SPKI]);
/* The other way. */
void chain_key_print(uint8_t spki[CHAIN_SPKI], const uint8_t n[CHAIN_MODULUS]);

/* Sets m's sign. False: a fault; nothing may be sent. */
bool chain_sign(struct chain *m, struct chain_self *s);
/* Whether m's sign is of that key, by one public operation. */
bool chain_verify(const struct chain *m, const uint8_t n[CHAIN_MODULUS]);

/* Sets m's group; whether it is of that key. */
void chain_group(struct chain *m, const struct hmac *keyed);
bool chain_group_good(const struct chain *m, const struct hmac *keyed);
/* Likewise m's mac, which then has no sign. */
void chain_mac(struct chain *m, const struct hmac *keyed);
bool chain_mac_good(const struct chain *m, const struct hmac *keyed);

#endif
