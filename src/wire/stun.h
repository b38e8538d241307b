/* stun - messages of STUN (RFC 8489) and of behaviour discovery (RFC 5780).
 *
 *      0: type (2)   2: length behind the header (2)   4: 2112a442
 *      8: transaction id (12)   20: attributes: type (2), length (2), value,
 *      padded to 4 bytes
 *
 * Attributes are rows of a table in stun.c. Those that a receiver must understand
 * (below 8000) and that are no rows are listed in unknown; others are passed over,
 * and so is what stands behind an integrity, but another one. Of several of one
 * type the first counts. FINGERPRINT is checked where it is present. An integrity is
 * found here and checked, or made, in stun_auth.h, as all of credentials is.
 */
#ifndef NAT_WIRE_STUN_H
#define NAT_WIRE_STUN_H

#include "base/addr.h"

enum {
	STUN_HEAD = 20,
	STUN_ID = 12,
	STUN_UNKNOWN = 8, /* most attributes that are named as unknown */
	STUN_MOST = 548   /* bytes of a message of ours (RFC 8489 6.1) */
};

enum stun_type {
	STUN_BINDING = 0x0001,
	STUN_BINDING_OK = 0x0101,
	STUN_BINDING_ERROR = 0x0111
};

enum { STUN_CHANGE_PORT = 2, STUN_CHANGE_IP = 4 }; /* RFC 5780 7.2 */
enum stun_error {
	STUN_BAD_REQUEST = 400,
	STUN_UNAUTHENTICATED = 401,
	STUN_UNKNOWN_ATTRIBUTE = 420,
	STUN_STALE_NONCE = 438
};

struct stun {
	uint16_t type; /* enum stun_type, or another */
	uint8_t id[STUN_ID];
	struct addr mapped; /* XOR-MAPPED-ADDRESS, or else MAPPED-ADDRESS */
	struct addr plain;  /* MAPPED-ADDRESS; it is not printed */
	struct addr origin, other; /* RESPONSE-ORIGIN, OTHER-ADDRESS */
	uint32_t change;           /* CHANGE-REQUEST; 0: none */
	uint16_t response_port;    /* RESPONSE-PORT; 0: none */
	uint16_t error;            /* 300 to 699; 0: none */
	bool fingerprint;          /* it has one, and a right one */
	uint8_t nunknown;          /* at most STUN_UNKNOWN; more are not told */
	uint16_t unknown[STUN_UNKNOWN];
	struct bytes reason, software, padding;
	struct bytes username, userhash, realm, nonce;
	struct bytes algorithms, algorithm; /* as they stand there */
	struct bytes sha1, sha256;          /* integrities; never printed */
};

/* 0, slices of pkt; -NAT_EPROTO: it is no such message. */
MUST_USE int stun_parse(struct stun *m, struct bytes pkt);

/* What is empty is left out; f->full when there is no room. f was empty. */
void stun_print(struct fmt *f, const struct stun *m);

/* A FINGERPRINT behind what has been printed. */
void stun_seal(struct fmt *f);

#endif
