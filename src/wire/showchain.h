/* showchain - the messages of signed UDP peers (docs/protocol/showchain.md): one
 * datagram is one compact JSON object, whose members stand in the order of a
 * table. That table reads, writes, and makes the text that is signed.
 *
 * A message has one spelling: what does not read exactly as it would be written
 * is no message. Unsigned members (at, lan, data) are what somebody says.
 */
#ifndef NAT_WIRE_SHOWCHAIN_H
#define NAT_WIRE_SHOWCHAIN_H

#include "base/addr.h"

enum chain_op {
	CHAIN_KEEP = 0x100,         /* keep alive */
	CHAIN_CONNECT = 0x101,      /* direct connect request */
	CHAIN_CONNECTED = 0x102,    /* direct connect response */
	CHAIN_REQUEST = 0x111,      /* connect request */
	CHAIN_PASS_REQUEST = 0x112, /* pass request */
	CHAIN_SAME_NAT = 0x113,     /* response */
	CHAIN_ACK = 0x114,          /* response ACK */
	CHAIN_PASS_ACK = 0x115,     /* pass response ACK */
	CHAIN_PROXY = 0x121,        /* proxy connect request */
	CHAIN_PROXIED = 0x122,      /* proxy connect response */
	CHAIN_SEND = 0x123,         /* send data request */
	CHAIN_DATA = 0x124,         /* pass data */
	CHAIN_DATA_ACK = 0x125,     /* data response ACK */
	CHAIN_HELLO = 0x1f0,        /* these three are ours */
	CHAIN_NONCE = 0x1f1,
	CHAIN_NO = 0x1ff
};

enum chain_code { /* why not */
		  CHAIN_UNKNOWN =
			  1, /* the target is not known here, or not any more */
		  CHAIN_REFUSED, /* it is, and does not want to */
		  CHAIN_BUSY,    /* a limit is reached: later */
		  CHAIN_APART    /* their NATs do not let each other in */
};

enum chain_nat { /* what stands before a peer, as nat stun has it */
		 CHAIN_T1 = 1,
		 CHAIN_T2,
		 CHAIN_T3,
		 CHAIN_T4,
		 CHAIN_PUBLIC /* it introduces, and passes data on */
};

enum {
	CHAIN_PORT = 43284,
	CHAIN_MOST = 1200,   /* bytes of a datagram */
	CHAIN_ID = 32,       /* SHA-256 of a SubjectPublicKeyInfo */
	CHAIN_SPKI = 294,    /* of RSA, 2048 bits, e = 65537 */
	CHAIN_SIGN = 256,    /* a signature */
	CHAIN_SESSION = 16,  /* and a nonce */
	CHAIN_GROUP = 32,    /* a MAC by the key of a group */
	CHAIN_LAN = 2,       /* addresses of a list */
	CHAIN_MAC = 16,      /* of data that a proxy passes on */
	CHAIN_SIGNED = 440,  /* bytes of data, most, with a signature, */
	CHAIN_PAYLOAD = 681, /* and with a MAC */
	CHAIN_TEXT = 1200    /* of what is signed, most */
};

struct chain {
	uint16_t op;   /* enum chain_op */
	uint16_t code; /* enum chain_code */
	uint16_t ndata;
	uint8_t nat;    /* enum chain_nat; 0: none is said, */
	uint8_t nlan;   /* 0: no list is, */
	bool grouped;   /* false: no group is */
	bool maced;     /* CHAIN_SEND: mac in place of sign */
	uint32_t seq;   /* 0 in CHAIN_KEEP alone */
	int64_t ts;     /* ms since 1970 on the sender's clock; likewise */
	struct addr at; /* ip and port */
	struct addr lan[CHAIN_LAN];
	uint8_t id[CHAIN_ID], target[CHAIN_ID];
	uint8_t session[CHAIN_SESSION], nonce[CHAIN_SESSION];
	uint8_t group[CHAIN_GROUP];
	uint8_t mac[CHAIN_MAC];
	uint8_t key[CHAIN_SPKI];
	uint8_t sign[CHAIN_SIGN];
	uint8_t data[CHAIN_PAYLOAD];
};

/* 0 and *m; -NAT_EPROTO: it is no message, and *m is anything. */
MUST_USE int chain_parse(struct chain *m, struct bytes pkt);

/* Of an op of the table. */
void chain_print(struct fmt *f, const struct chain *m);

/* The compact JSON array over which its sign is: of a message that is passed on
 * with another's signature that one's. Nothing: it has none. Where it is maced,
 * that over which its mac is: data too.
 */
void chain_print_signed(struct fmt *f, const struct chain *m);

/* 64 hex digits, lower-case, as ids are written. 0 or -NAT_EINVAL. */
MUST_USE int chain_parse_id(uint8_t id[CHAIN_ID], struct bytes text);

#endif
