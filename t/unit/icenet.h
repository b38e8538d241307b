/* icenet - two agents of wire/ice in a world made of a seed: NATs before each of them,
 * a STUN server, a relay each, signalling, a line that loses, doubles and reorders.
 * Virtual time; two runs of one seed are the same.
 *
 *      A 10.0.0.2 --- NATs --- 12.0.0.1 ---+--- 12.51.100.1 STUN
 *                                          +--- 12.51.100.2, .3 relays of A, of B
 *      B 10.0.1.2 --- NATs --- 12.0.1.1 ---+
 */
#ifndef NAT_T_UNIT_ICENET_H
#define NAT_T_UNIT_ICENET_H

#include "../lab/unat/link.h"
#include "udp4.h"
#include "wire/ice/ice.h"

enum icenet_kind { ICENET_OPEN, ICENET_T1, ICENET_T2, ICENET_T3, ICENET_T4 };
enum icenet_place {
	ICENET_APART,
	ICENET_SAME_LAN, /* behind one NAT */
	ICENET_SAME_ISP, /* each behind an own, and both behind one that hairpins */
	ICENET_PLACES
};
enum { ICENET_DIRECT, ICENET_RELAY }; /* bases */

struct icenet_conf {
	uint64_t seed;
	uint8_t kind[2]; /* enum icenet_kind, of the outer NAT */
	bool two_nats[2];
	uint8_t place; /* enum icenet_place */
	bool relay[2];
	bool lite[2], controlling[2];
	bool trickle; /* else all candidates go with the description */
	uint32_t loss, doubled;         /* of 1,000 */
	int64_t delay, reorder, signal; /* ms, one way */
	int64_t head_start;             /* ms that B begins later */
};

struct icenet_note { /* of signalling */
	int64_t at;
	uint8_t to, kind;
	uint8_t n;
	uint8_t text[200];
};

struct icenet_side {
	struct ice ice;
	struct unat *nats[2]; /* the nearest first */
	unsigned nnats;
	uint32_t ip, relay;
	uint32_t permitted[8]; /* by the relay */
	unsigned npermitted;
	bool described;
	int64_t connected; /* when first; 0: not yet */
	int64_t failed;
	int64_t theirs_at;   /* when their description came */
	uint32_t sent, data; /* datagrams, and data that has come */
	unsigned paths;      /* how often data has changed its way */
};

struct icenet {
	struct icenet_conf conf;
	int64_t now;
	uint64_t chance;
	bool cut; /* nothing gets through any more */
	struct icenet_side sides[2];
	struct icenet_note notes[64];
	unsigned nnotes;
	struct unat nats[3];
	struct link line;
};

void icenet_init(struct icenet *n, const struct icenet_conf *conf);

/* Until then, or until both have a path or have failed, if that is enough. */
void icenet_run(struct icenet *n, int64_t until, bool enough);

/* A sends B a datagram by its path, or B to A; false: there is none. */
bool icenet_say(struct icenet *n, unsigned from);

/* Other credentials, told by signalling; moved: and another address. */
void icenet_restart(struct icenet *n, unsigned side, bool moved);

#endif
