/* epoch - the record layer of DTLS 1.2 (RFC 6347 4.1): records of a datagram told
 * apart, sealed and opened where they stand, and none of them twice.
 *
 *	  0      1         3       5        11    13     13 + nonce
 *	+------+---------+-------+--------+-----+-------+------+-----+
 *	| type | version | epoch | number |  n  | nonce | text | tag |
 *	+------+---------+-------+--------+-----+-------+------+-----+
 *	                                        \_____ epoch 1 ______/
 *
 * There are two epochs: 0 goes as it is, 1 is sealed by the keys of the handshake,
 * and no other ever comes, since nobody handshakes twice. A cipher stays set up:
 * making one anew for each record of 1,200 bytes costs three times its sealing.
 */
#ifndef NAT_WIRE_DTLS_EPOCH_H
#define NAT_WIRE_DTLS_EPOCH_H

#include "base/err.h"
#include "wire/tls/suite.h"

enum {
	EPOCH_HEAD = 13,
	EPOCH_VERSION_AT = 1,
	EPOCH_AROUND = EPOCH_HEAD + 8 + AEAD_TAG, /* of a sealed one, at most */
	EPOCH_DTLS10 = 0xfeff, /* first ClientHellos say so, and nobody else */
	EPOCH_DTLS12 = 0xfefd,
	EPOCH_NUMBER_BITS = 48
};

struct epoch_record {
	uint8_t type; /* enum tls_content */
	uint16_t epoch;
	uint64_t seq;    /* epoch and number */
	struct span all; /* from its header on */
};

/* One way of an epoch; all zeros but for seq: records go as they are. */
struct epoch {
	const struct tls_suite *suite; /* NULL: of epoch 0 */
	struct aead aead;
	uint8_t iv[AEAD_NONCE];
	uint64_t seq; /* of the next one that is sealed: epoch, number */
};

/* Which have come: the largest, and a bit for each of the 64 up to it. */
struct epoch_window {
	uint64_t seen, top;
};

/* Takes the record at the front of *in away. False: there is none that could be
 * of DTLS, and *in is nothing: the rest of a datagram is dropped.
 */
bool epoch_next(struct epoch_record *r, struct span *in);

/* Sets up a way of epoch 1. key: suite->aead->key bytes. */
void epoch_start(struct epoch *e, const struct tls_suite *s, const uint8_t *key,
		 const uint8_t iv[AEAD_NONCE]);

/* Where text goes in a record, and all that stands around it. */
size_t epoch_front(const struct epoch *e);
size_t epoch_around(const struct epoch *e);

/* What is in the record, opened there. False: it is not genuine. */
MUST_USE bool epoch_open(const struct epoch *e, const struct epoch_record *r,
			 struct span *text);

/* Makes a record of n bytes that stand at to + epoch_front; its length. */
size_t epoch_seal(struct epoch *e, uint8_t *to, size_t n, uint8_t type);

/* Whether that one has not come before; only what was genuine is noted. */
bool epoch_fresh(const struct epoch_window *w, uint64_t seq);
void epoch_note(struct epoch_window *w, uint64_t seq);

#endif
