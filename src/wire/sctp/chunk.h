/* chunk - what SCTP is on the wire: a head, then chunks of type, flags, length and
 * body, some with parameters in them (RFC 9260 3; 3758, 6525, 9653).
 *
 *	0: source port, destination port    4: tag    8: CRC-32C, lowest byte first
 *	12: type, flags, length (head included, padding not), body, to 4 bytes ...
 */
#ifndef NAT_WIRE_SCTP_CHUNK_H
#define NAT_WIRE_SCTP_CHUNK_H

#include "base/cur.h"
#include "wire/tls/pack.h"

enum chunk_type {
	CHUNK_DATA = 0,
	CHUNK_INIT = 1,
	CHUNK_INIT_ACK = 2,
	CHUNK_SACK = 3,
	CHUNK_HEARTBEAT = 4,
	CHUNK_HEARTBEAT_ACK = 5,
	CHUNK_ABORT = 6,
	CHUNK_SHUTDOWN = 7,
	CHUNK_SHUTDOWN_ACK = 8,
	CHUNK_ERROR = 9,
	CHUNK_COOKIE_ECHO = 10,
	CHUNK_COOKIE_ACK = 11,
	CHUNK_SHUTDOWN_COMPLETE = 14,
	CHUNK_RECONF = 130,
	CHUNK_FORWARD = 192
};

enum {
	DATA_END = 1,
	DATA_BEGIN = 2,
	DATA_UNORDERED = 4,
	DATA_NOW = 8,    /* RFC 9260 3.3.1, I: acknowledge at once */
	CHUNK_NO_TCB = 1 /* T, of ABORT and SHUTDOWN COMPLETE */
};

enum param_type {
	PARAM_COOKIE = 7,
	PARAM_UNKNOWN = 8,
	PARAM_RESET_OUT = 13,
	PARAM_RESET_IN = 14,
	PARAM_RESET_ANSWER = 16,
	PARAM_ADD_IN = 18,
	PARAM_ZERO_SUM = 0x8001,
	PARAM_CHUNKS = 0x8008, /* RFC 5061 4.2.7, types that are known */
	PARAM_FORWARD = 0xc000
};

enum reset_result {
	RESET_NOTHING = 0,
	RESET_DONE = 1,
	RESET_DENIED = 2,
	RESET_BAD_SEQ = 5,
	RESET_LATER = 6
};

enum chunk_cause {
	CAUSE_STREAM = 1,
	CAUSE_MEMORY = 4,
	CAUSE_CHUNK = 6,
	CAUSE_NO_DATA = 9,
	CAUSE_USER = 12,
	CAUSE_PROTOCOL = 13
};

enum {
	PACKET_HEAD = 12,
	CHUNK_HEAD = 4,
	DATA_HEAD = 16, /* of its chunk */
	INIT_BODY = 16, /* before its parameters */
	SUM_AT = 8      /* of the checksum, in a packet */
};

struct packet {
	uint16_t from, to;
	uint32_t tag, sum; /* sum as it must be, or 0 */
};

struct chunk {
	uint8_t type, flags;
	struct bytes body; /* padding left out */
};

struct param {
	uint16_t type;
	struct bytes body;
};

/* The fields in front of the parameters of INIT and INIT ACK. */
struct chunk_init {
	uint32_t tag, window;
	uint16_t out, in; /* streams */
	uint32_t tsn;
};

struct chunk_data {
	uint32_t tsn;
	uint16_t sid, ssn;
	uint32_t ppid;
	struct bytes text;
};

/* Both consume from c; false: the head or the length is wrong, and c is bad, or
 * there is nothing left. What is the last may lack its padding.
 */
bool chunk_next(struct cur *c, struct chunk *out);
bool param_next(struct cur *c, struct param *out);

/* The head of a packet; its sum is not looked at. */
bool packet_head(struct cur *c, struct packet *out);
/* What the sum of this packet, of PACKET_HEAD bytes or more, ought to be, and
 * putting it there.
 */
uint32_t packet_sum(struct bytes packet);
void packet_seal(struct span packet);

/* False: too short. */
bool chunk_init_read(struct cur *c, struct chunk_init *out);
bool chunk_data_read(const struct chunk *c, struct chunk_data *out);

/* Begins a chunk or a parameter; its end fills in the length. A chunk is padded, the
 * last of its parameters only as part of it (RFC 9260 3.2.1).
 */
size_t chunk_open(struct pack *p, uint8_t type, uint8_t flags);
size_t param_open(struct pack *p, uint16_t type);
void chunk_close(struct pack *p, size_t mark);
void param_close(struct pack *p, size_t mark);

/* What n bytes of user data take in a packet. */
static inline size_t chunk_data_size(size_t n)
{
	return DATA_HEAD + ((n + 3) & ~(size_t)3);
}

static inline void pack_u32(struct pack *p, uint32_t n)
{
	pack_uint(p, n, 4);
}

/* a is behind b, as serial numbers are (RFC 1982). */
static inline bool tsn_after(uint32_t a, uint32_t b)
{
	return a != b && a - b < 0x80000000;
}

static inline bool ssn_after(uint16_t a, uint16_t b)
{
	return a != b && (uint16_t)(a - b) < 0x8000;
}

#endif
