/* spki - public keys as SubjectPublicKeyInfo (RFC 5280 4.1.2.7, RFC 3279, RFC
 * 5480), signatures over texts by them, and their pins.
 *
 * RSA of 2048 to 4096 bits, P-256 and P-384, points not compressed, curves by
 * name. Signatures: RSA PKCS #1 v1.5 and ECDSA, each with SHA-256, 384, 512.
 */
#ifndef NAT_CRYPT_SPKI_H
#define NAT_CRYPT_SPKI_H

#include "base/fmt.h"
#include "crypt/der.h"
#include "crypt/ec.h"
#include "crypt/rsa_pad.h"

struct spki {                         /* lent by the DER */
	const struct ec_curve *curve; /* NULL: RSA */
	struct bytes point;           /* 04 x y */
	struct bytes n, e;
};

/* False: no key of a kind that is known here. A point may yet be none of the
 * curve, and a modulus none for us: spki_verify looks.
 */
bool spki_parse(struct spki *k, struct bytes der);

/* Writes it whole. */
void spki_put(struct der_out *o, const struct spki *k);

struct spki_alg {
	struct bytes id; /* what an AlgorithmIdentifier holds */
	bool rsa;
	const struct hash_alg *hash;
};

extern const struct spki_alg *const spki_rsa_sha256, *const spki_ecdsa_sha256;

/* NULL: not one of ours. id is what the SEQUENCE holds. */
const struct spki_alg *spki_alg_of(struct bytes id);

/* Whether sig, as certificates hold it, is k's over text. */
bool spki_verify(const struct spki *k, const struct spki_alg *alg,
		 struct bytes text, struct bytes sig);

/* The same of a digest; of an RSA key by PKCS #1 v1.5. */
bool spki_verify_digest(const struct spki *k, const struct rsa_text *t,
			struct bytes sig);

/* SHA-256 in base64, as --pin wants it and curl's --pinnedpubkey. */
void spki_pin(struct fmt *f, struct bytes der);

/* r and s, as SEQUENCE of INTEGER, into and from halves of sig.n / 2 bytes. */
void spki_put_rs(struct der_out *o, struct bytes sig);
bool spki_get_rs(struct span sig, struct bytes der);

#endif
