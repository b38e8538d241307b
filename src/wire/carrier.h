/* carrier - UDP datagrams of visitors inside datagrams between relay and client,
 * authenticated, not encrypted (docs/protocol/fastnat.md).
 *
 *     0: flow (4)   4: counter (4)   8: mac (8)   16: payload
 *
 * Big-endian. mac: the first bytes of HMAC-SHA256(K, side 00 flow 00 counter 00
 * payload), side "client" or "relay", whoever sends; K is the session's key.
 * Flow 0 is about the path itself. A counter is used once for a flow and side.
 */
#ifndef NAT_WIRE_CARRIER_H
#define NAT_WIRE_CARRIER_H

#include "crypt/hmac.h"
#include "wire/fastnat.h"

enum {
	CARRIER_HEAD = 16,
	CARRIER_MAC = 8,
	CARRIER_MOST = 65507 - CARRIER_HEAD /* bytes of payload */
};

/* HMACs that have heard the key and the side. */
struct carrier_key {
	struct hmac side[2]; /* by enum fastnat_side */
};
void carrier_key_init(struct carrier_key *k, const uint8_t key[FASTNAT_KEY]);
void carrier_key_wipe(struct carrier_key *k);

struct carrier {
	uint32_t flow, counter;
	struct bytes mac, payload; /* slices of what was parsed */
};

/* Big-endian. */
void carrier_put_u32(uint8_t *to, uint32_t n);

/* 0, or -NAT_EPROTO: too short. */
MUST_USE int carrier_parse(struct carrier *c, struct bytes datagram);

/* Was it made by that side with this key? */
bool carrier_proven(const struct carrier *c, const struct carrier_key *k,
		    enum fastnat_side from);

/* The head that goes before c->payload; c->mac is not looked at. */
void carrier_head(uint8_t to[CARRIER_HEAD], const struct carrier *c,
		  const struct carrier_key *k, enum fastnat_side from);

/* Which counters have come: the largest, and a bit for each of the 64 up to it.
 * Zeroed is new; counters begin at 1.
 */
struct carrier_window {
	uint64_t seen;
	uint32_t top;
};

/* Notes a proven counter. False: it came before, or is too old to tell. */
bool carrier_fresh(struct carrier_window *w, uint32_t counter);

#endif
