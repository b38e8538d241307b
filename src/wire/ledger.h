/* ledger - what a tracker remembers, as bytes: records of its journal, and what it
 * keeps in Redis.
 *
 * A journal is LEDGER_HEAD and records, each n 2, CRC-32C of the body 4, body n;
 * numbers are big-endian. A body is of one of these forms:
 *
 *      1 member   seen 4, id 8, fields 1, marks 1, from 16, at 16, port 2,
 *                 n 1 and group, n 1 and LAN
 *      2 tracker  seen 4, at 16, port 2
 *      3 synced   nothing: all that stands before it has reached the disk
 *
 * seen: seconds since 1970. Addresses as addr_cut gives them. Pure.
 */
#ifndef NAT_WIRE_LEDGER_H
#define NAT_WIRE_LEDGER_H

#include "base/cur.h"
#include "base/err.h"
#include "base/fmt.h"
#include "wire/track.h"

#define LEDGER_HEAD BYTES("nat tracker 1\n")

enum ledger_kind { LEDGER_MEMBER = 1, LEDGER_TRACKER, LEDGER_SYNCED };
enum { LEDGER_PROVEN = 1, LEDGER_VOUCHED = 2 }; /* marks */
enum {
	LEDGER_FRAME = 6,
	LEDGER_BODY = 51 + TRACK_GROUP + TRACK_LAN, /* most */
	LEDGER_RECORD = LEDGER_FRAME + LEDGER_BODY
};

struct ledger {
	uint8_t kind; /* enum ledger_kind */
	uint8_t fields, marks;
	uint16_t port;
	uint32_t seen;
	uint64_t id;
	uint8_t from[16], at[16];
	struct bytes group, lan; /* no control characters */
};

/* A body. Parsing: 0, slices of body; or -NAT_EPROTO. */
void ledger_print(struct fmt *f, const struct ledger *l);
MUST_USE int ledger_parse(struct ledger *l, struct bytes body);

/* A whole record, which needs room for LEDGER_RECORD bytes. */
void ledger_put(struct fmt *f, const struct ledger *l);
/* The first record of in: how many bytes it takes; 0: not all of it is here;
 * -NAT_EPROTO: it is damaged.
 */
MUST_USE int ledger_take(struct ledger *l, struct bytes in);

/* Does a record of LEDGER_SYNCED stand anywhere in it, at any byte? */
bool ledger_has_synced(struct bytes in);

#endif
