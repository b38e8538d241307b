/* stun - messages of STUN (RFC 8489) and of behaviour discovery (RFC 5780).
 *
 *      0: type (2)   2: length behind the header (2)   4: 2112a442
 *      8: transaction id (12)   20: attributes: type (2), length (2), value,
 *      padded to 4 bytes
 *
 * Attributes are rows of a table in stun.c. Those that a receiver must understand
 * (below 8000) and that are no rows are listed in unknown; others are passed over,
 * and so is what stands behind an integrity, but another one. Of several of one
 * type the first counts, of relayed addresses the first two. FINGERPRINT is checked
 * where it is present. An integrity is found here and checked, or made, in
 * stun_auth.h, as all of credentials is. What only ICE (RFC 8445 16.1) and TURN
 * (RFC 8656 18) say stands in a struct of its own and is unknown where none is lent.
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
	STUN_BINDING_ERROR = 0x0111,
	STUN_ALLOCATE = 0x0003, /* of TURN: methods; + STUN_OK, + STUN_FAILED */
	STUN_REFRESH = 0x0004,
	STUN_PERMISSION = 0x0008,
	STUN_CHANNEL = 0x0009,
	STUN_SEND = 0x0016, /* indications */
	STUN_DATA = 0x0017,
	STUN_OK = 0x0100, /* what a request's answers add to its type */
	STUN_FAILED = 0x0110
};

enum { STUN_CHANGE_PORT = 2, STUN_CHANGE_IP = 4 }; /* RFC 5780 7.2 */
enum stun_error {
	STUN_TRY_ALTERNATE = 300,
	STUN_BAD_REQUEST = 400,
	STUN_UNAUTHENTICATED = 401,
	STUN_FORBIDDEN = 403,
	STUN_UNKNOWN_ATTRIBUTE = 420,
	STUN_MISMATCH = 437, /* of an allocation and what is asked of it */
	STUN_STALE_NONCE = 438,
	STUN_FAMILY = 440,      /* that family of addresses is not served */
	STUN_OTHER_USER = 441,  /* the allocation is somebody else's */
	STUN_TRANSPORT = 442,   /* UDP is not served */
	STUN_PEER_FAMILY = 443, /* the peer's is not the allocation's */
	STUN_QUOTA = 486,       /* this user has as many as one may have */
	STUN_ROLE_CONFLICT = 487,
	STUN_FULL = 508 /* the server has no more to give */
};

/* What ICE and TURN say. A slice whose p is NULL is not there. */
struct stun_more {
	uint32_t priority;                    /* 0: none */
	bool use_candidate;                   /* USE-CANDIDATE */
	bool whole;                           /* DONT-FRAGMENT */
	struct bytes controlled, controlling; /* tie-breakers, of 8 bytes */
	uint16_t channel;                     /* CHANNEL-NUMBER; 0: none */
	uint32_t family;       /* REQUESTED-ADDRESS-FAMILY << 24; 0: none */
	uint32_t additional;   /* ADDITIONAL-ADDRESS-FAMILY, the same */
	uint32_t transport;    /* REQUESTED-TRANSPORT << 24; 0: none */
	struct bytes lifetime; /* s, of 4 bytes */
	struct bytes data;
	struct addr peer, relayed; /* XOR-PEER-ADDRESS, XOR-RELAYED-ADDRESS, */
	struct addr also;          /* and the second of that type */
	struct addr alternate;     /* ALTERNATE-SERVER */
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
	struct stun_more *more;             /* lent, or NULL */
};

/* 0, slices of pkt; -NAT_EPROTO: it is no such message. */
MUST_USE int stun_parse(struct stun *m, struct bytes pkt);

/* The same, with what ICE and TURN say in *more, which is then m->more. */
MUST_USE int stun_parse_more(struct stun *m, struct stun_more *more,
			     struct bytes pkt);

/* What is empty is left out; f->full when there is no room. f was empty. */
void stun_print(struct fmt *f, const struct stun *m);

/* A FINGERPRINT behind what has been printed. */
void stun_seal(struct fmt *f);

#endif
