/* rsa - RSA's two operations on numbers (RFC 8017 5), 2048 to 4096 bits; padding
 * is rsa_pad's, making keys rsa_make's.
 *
 * The private operation is blinded, goes by the Chinese remainder theorem in
 * constant time, and shows its result only if the public operation takes it
 * back: one fault would give the key away. The exponent e is odd and has at
 * most 32 bits.
 */
#ifndef NAT_CRYPT_RSA_H
#define NAT_CRYPT_RSA_H

#include "crypt/mont.h"

enum {
	RSA_BITS_LEAST = 2048,
	RSA_BITS_MOST = BIG_BITS,
	RSA_BYTES = BIG_BYTES, /* most of a modulus and of a signature */
	RSA_HALF_BYTES = BIG_BYTES / 2
};

struct rsa_public {
	size_t bits, bytes; /* of the modulus */
	size_t limbs;
	uint32_t e;
	limb n[BIG_LIMBS], rr[BIG_LIMBS];
};

/* A prime, its exponent, and what arithmetic modulo it needs. */
struct rsa_prime {
	limb p[MONT_LIMBS], d[MONT_LIMBS], rr[MONT_LIMBS];
};

struct rsa_key { /* ct_wipe it when done */
	struct rsa_public pub;
	size_t half; /* limbs of a prime */
	struct rsa_prime p, q;
	limb d[BIG_LIMBS];
	limb qinv[MONT_LIMBS];                     /* 1 / q mod p */
	limb blind[BIG_LIMBS], unblind[BIG_LIMBS]; /* r^e, 1 / r; private */
};

/* Big-endian numbers, as files hold them. */
struct rsa_parts {
	struct bytes n, e, d, p, q, dp, dq, qinv;
};

/* False: the modulus is even, too long or too short, or e no exponent of ours. */
bool rsa_public_init(struct rsa_public *pub, struct bytes n, struct bytes e);

/* False: the parts are not those of one key. fill gives chance for blinding. */
bool rsa_init(struct rsa_key *k, const struct rsa_parts *parts,
	      void (*fill)(struct span to));

/* The rest of a key whose pub, half, primes with exponents, d and qinv are set. */
bool rsa_prepare(struct rsa_key *k, void (*fill)(struct span to));

/* x^e mod n and x^d mod n: big-endian, pub.bytes long, to may be x. False: x is
 * not below n; the private operation went wrong, and to is zeros.
 */
bool rsa_public_op(const struct rsa_public *pub, uint8_t *to, struct bytes x);
bool rsa_private_op(struct rsa_key *k, uint8_t *to, struct bytes x);

#endif
