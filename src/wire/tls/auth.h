/* auth - proving who one is, and judging who the other is: signature schemes
 * (RFC 8446 4.2.3, 4.4.3; of 1.2 by RFC 5246 4.7, RFC 8422 5.1.3), which of our
 * identities to show, and whether to believe what the other side shows.
 *
 * Of both versions, for records and datagrams alike: it knows no message and no
 * record. Schemes are kept as sets, row i of the table being bit 1 << i.
 */
#ifndef NAT_WIRE_TLS_AUTH_H
#define NAT_WIRE_TLS_AUTH_H

#include "wire/tls/tls.h"

/* ---- schemes ---- */

enum {
	AUTH_SCHEMES = 8,
	AUTH_ECDSA = 0x03, /* sets of schemes */
	AUTH_RSA = 0xfc,
	AUTH_SHA512 = 0x90,
	AUTH_ALL = AUTH_ECDSA | AUTH_RSA
};

struct auth_scheme {
	uint16_t number; /* on the wire */
	uint16_t most;   /* the latest version that signs its handshake so */
	bool ours;       /* we can sign so, not only verify */
	bool pss;
	const struct hash_alg *hash;
	const struct ec_curve *curve; /* NULL: RSA */
};

/* In the order of our preference. */
extern const struct auth_scheme auth_schemes[AUTH_SCHEMES];

/* The set of those among numbers of two bytes that are ours. */
uint32_t auth_set(struct bytes numbers);

/* What may sign a handshake of that version, by number; NULL: nothing of ours. */
const struct auth_scheme *auth_scheme_of(uint16_t number, uint16_t version);

/* The best of a set that the key can sign with; NULL: none. */
const struct auth_scheme *auth_scheme_for(const struct key *k, uint32_t set,
					  uint16_t version);

/* ---- our side ---- */

/* Which of conf->ids to show to one who can verify set and asked for name (or
 * for none): one that has the name, else any; -1: none that can be verified.
 */
int auth_choose(const struct tls_conf *conf, struct bytes name, uint32_t set,
		uint16_t version);

/* The signature over a digest of the scheme's hash, somewhere in room, which
 * has KEY_SIG_MOST bytes; nothing: a fault.
 */
struct bytes auth_sign(const struct auth_scheme *s, struct key *k,
		       struct bytes digest, struct span room,
		       void (*fill)(struct span to));

/* ---- the other side ---- */

/* Why not, as alert (RFC 8446 6.2) and in words; alert 0: nothing is wrong. */
struct auth_no {
	uint8_t alert;
	const char *why;
};

/* What is kept of its certificate. */
struct auth_peer {
	uint8_t spki[KEY_SPKI_MOST];
	uint16_t spki_n; /* 0: it has shown none */
	bool verified;   /* a path to one who is trusted, or a pin */
	uint8_t pin[TLS_PIN];
};

struct auth_ask {
	const struct tls_conf
		*conf;     /* a client looks at servers, and vice versa */
	struct bytes name; /* a host or an address; nothing: any */
	int64_t now_ms;
	bool extended; /* 1.3: extensions stand behind each certificate */
};

/* Judges a certificate_list (RFC 5246 7.4.2, RFC 8446 4.4.2), without its
 * length; an empty one is let pass, and spki_n is 0. Behind TLS_CHAIN, and
 * broken ones behind the first, are not looked at.
 */
struct auth_no auth_judge(struct auth_peer *peer, const struct auth_ask *ask,
			  struct bytes list);

/* Whether sig is the peer's, over a digest of the scheme's hash. */
MUST_USE bool auth_verify(const struct auth_scheme *s,
			  const struct auth_peer *peer, uint16_t version,
			  struct bytes digest, struct bytes sig);

/* What a CertificateVerify of 1.3 signs (RFC 8446 4.4.3), digested by s->hash:
 * of the transcript's hash, by one in that role. s->hash->size bytes.
 */
void auth_digest(const struct auth_scheme *s, enum tls_role role,
		 struct bytes transcript, uint8_t *digest);

#endif
