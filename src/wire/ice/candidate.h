/* candidate - a way to reach somebody, as the line that says it (RFC 8839 5.1):
 *
 *      candidate:FOUNDATION COMPONENT udp PRIORITY ADDRESS PORT typ TYPE
 *              [raddr ADDRESS rport PORT] [NAME VALUE]...
 *
 * It stands in SDP behind a= and alone in messages of signalling (RFC 8840). Names
 * and values that nobody knows are passed over. Pure.
 */
#ifndef NAT_WIRE_ICE_CANDIDATE_H
#define NAT_WIRE_ICE_CANDIDATE_H

#include "base/addr.h"

enum ice_type { ICE_HOST, ICE_SRFLX, ICE_PRFLX, ICE_RELAY };

enum {
	CANDIDATE_TEXT = 512, /* most bytes of a line that is looked at */
	CANDIDATE_NAME = 253  /* and of a name in place of an address */
};

struct candidate {
	struct bytes foundation; /* 1 to 32 letters, digits, + and / */
	uint32_t priority;
	uint16_t component;  /* 1: the only one of data channels */
	uint8_t type;        /* enum ice_type */
	bool udp;            /* other transports are not used */
	struct addr addr;    /* ADDR_NONE: name has to be resolved; its port */
	struct bytes name;   /* "3f1c...local", or empty */
	struct addr related; /* where it was seen from; ADDR_NONE: not told */
	struct bytes ufrag;  /* of whose description it is; may be empty */
};

/* With or without a= and a line's end; 0, slices of text. 1: it says that none
 * follow (empty, or end-of-candidates). -NAT_EPROTO. Zones of IPv6 addresses, which
 * mean nothing elsewhere, are left out.
 */
MUST_USE int candidate_parse(struct candidate *c, struct bytes text);

/* Without a= and without a line's end. */
void candidate_print(struct fmt *f, const struct candidate *c);

/* RFC 8445 5.1.2.1; preference: 0 to 65535, more is better. */
uint32_t candidate_priority(enum ice_type type, unsigned preference);

/* "host", "srflx", "prflx", "relay". */
const char *candidate_type(enum ice_type type);

#endif
