/* dcep - how a data channel is opened (RFC 8832), and what its messages are (RFC 8831 8).
 *
 *	OPEN  0: 3   1: type   2: priority   4: limit   8, 10: lengths of   12: label,
 *	      protocol
 *	ACK   0: 2
 */
#ifndef NAT_WIRE_SCTP_DCEP_H
#define NAT_WIRE_SCTP_DCEP_H

#include "base/cur.h"
#include "wire/tls/pack.h"

enum dcep_ppid {
	PPID_DCEP = 50,
	PPID_TEXT = 51,
	PPID_BINARY_PART = 52, /* of old, as are 54 */
	PPID_BINARY = 53,
	PPID_TEXT_PART = 54,
	PPID_TEXT_EMPTY = 56, /* one byte that does not count */
	PPID_BINARY_EMPTY = 57
};

enum dcep_kind { DCEP_ACK = 2, DCEP_OPEN = 3 };

/* Of a channel; with DCEP_UNORDERED or without. */
enum dcep_type {
	DCEP_RELIABLE = 0,
	DCEP_TIMES = 1, /* limit: how often it goes again */
	DCEP_TIMED = 2, /* limit: ms */
	DCEP_UNORDERED = 0x80
};

struct dcep_open {
	uint8_t type;
	uint16_t priority;
	uint32_t limit;
	struct bytes label, protocol;
};

/* False: it is no OPEN. label and protocol lie in b. */
bool dcep_read(struct dcep_open *o, struct bytes b);
void dcep_put(struct pack *p, const struct dcep_open *o);

#endif
