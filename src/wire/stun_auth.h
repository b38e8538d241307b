/* stun_auth - who says it: credentials of STUN messages (RFC 8489 9, 14.3 to 14.13).
 *
 *      client                                server
 *      request                          ->
 *                                       <-   401, REALM, NONCE, PASSWORD-ALGORITHMS
 *      USERNAME or USERHASH, REALM,
 *      NONCE, integrity                 ->
 *                                       <-   answer, integrity
 *
 * An integrity is an HMAC over what stands before it, with the header's length as if
 * the message ended behind it. Its key is the password (short term) or a hash of
 * user:realm:password (long term). A nonce that begins with obMatJos2 and four
 * digits of base64 tells what its server can do, so that nobody in between takes
 * that away unseen (9.2).
 *
 * Names and passwords are bytes as they are given: of printable ASCII that is what
 * OpaqueString and SASLprep make of them (RFC 8265, 4013); of other text only if it
 * is in that form already (NFC, no blanks but U+0020).
 */
#ifndef NAT_WIRE_STUN_AUTH_H
#define NAT_WIRE_STUN_AUTH_H

#include "wire/stun.h"

enum stun_algorithm { STUN_MD5 = 1, STUN_SHA256 = 2 }; /* RFC 8489 18.5 */
enum {
	STUN_KEY = 32,
	STUN_NAME = 128, /* most bytes of a user, a realm, a nonce of ours */
	STUN_ROUNDS = 3  /* challenges in a row, then it is a refusal */
};

/* ---- the two integrities ---- */

struct stun_user {
	struct bytes name, password; /* name empty: there are none */
};

/* The long-term key of user in realm; how many bytes. */
size_t stun_key(uint8_t key[STUN_KEY], enum stun_algorithm algorithm,
		const struct stun_user *user, struct bytes realm);

/* Prints m with MESSAGE-INTEGRITY, or with strong -SHA256 instead. */
void stun_print_signed(struct fmt *f, const struct stun *m, struct bytes key,
		       bool strong);

/* Has m, which pkt was parsed into, that integrity, made with key? */
bool stun_is_signed(const struct stun *m, struct bytes pkt, struct bytes key,
		    bool strong);

/* ---- a client ---- */

/* What a server wants to see; zeroed: nothing yet. */
struct stun_challenge { /* fields are private to stun_auth.c */
	uint8_t rounds; /* how often it has asked */
	uint8_t realm_n, nonce_n;
	bool strong; /* PASSWORD-ALGORITHMS were told */
	bool hides;  /* and names of users may stay unseen */
	uint8_t algorithm;
	uint8_t algorithms_n, algorithms[32];
	uint8_t realm[STUN_NAME], nonce[STUN_NAME];
};

/* An error has come that may be such a question. 0: ask again by stun_print_as.
 * -NAT_EAUTH: these credentials are not good there. -NAT_EPROTO: it is none, or one
 * that nobody can answer, or somebody has taken something out of it.
 */
MUST_USE int stun_challenged(struct stun_challenge *c, const struct stun *m);

/* m as user; as it is while nothing is wanted. */
void stun_print_as(struct fmt *f, const struct stun *m,
		   const struct stun_user *user,
		   const struct stun_challenge *c);

/* Is that answer from who knows the password? True while nothing is wanted. */
bool stun_is_theirs(const struct stun *m, struct bytes pkt,
		    const struct stun_user *user,
		    const struct stun_challenge *c);

#endif
