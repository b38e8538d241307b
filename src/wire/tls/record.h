/* record - the record layer of TLS 1.3 (RFC 8446 5) and 1.2 with AEAD (RFC 5246
 * 6.2, RFC 5288, RFC 7905): one record at a time, sealed and opened in place.
 *
 *	  0      1        3      5       5 + nonce
 *	+------+--------+------+-------+-------------+------+-----+
 *	| type | 03 03  | n    | nonce | text        | type | tag |
 *	+------+--------+------+-------+-------------+------+-----+
 *	                        1.2 GCM               1.3
 *
 * A cipher is set up on the stack for each record and wiped. Between records
 * there is struct tls_way: key, iv, sequence number. One that is off (all
 * zeros) passes records as they are.
 */
#ifndef NAT_WIRE_TLS_RECORD_H
#define NAT_WIRE_TLS_RECORD_H

#include "wire/tls/suite.h"
#include "wire/tls/tls.h"

/* Of one record, where it stands. */
struct tls_record {
	uint8_t type;
	struct span all; /* from its header on */
};

/* The record at the front of in: 0: it is not whole, and nothing can be said
 * against it yet; > 0: it is, and *r is it; < 0: - the alert.
 */
int record_next(struct tls_record *r, struct span in, bool sealed);

/* Opens it. What was inside stands in *text, its type in r->type. False: it is
 * not genuine; or of zeros alone in 1.3, and then *text has no p.
 */
MUST_USE bool record_open(struct tls_record *r, const struct tls_suite *s,
			  struct tls_way *way, struct span *text);

/* Where text goes in a record, and all that stands around it. */
size_t record_front(const struct tls_suite *s, const struct tls_way *way);
size_t record_around(const struct tls_suite *s, const struct tls_way *way);

/* Makes a record of n bytes that stand at to + record_front; its length. There
 * must be room for record_around more.
 */
size_t record_seal(uint8_t *to, size_t n, uint8_t type,
		   const struct tls_suite *s, struct tls_way *way);

#endif
