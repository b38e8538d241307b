/* sctp_pair - two associations over a wire that loses, doubles, delays and overtakes,
 * in virtual time; the same seed does the same.
 */
#ifndef NAT_T_UNIT_SCTP_PAIR_H
#define NAT_T_UNIT_SCTP_PAIR_H

#include "wire/sctp/sctp.h"

enum { PAIR_SLABS = 128, PAIR_PACKETS = 8192 };

struct pair_wire {
	unsigned lost, doubled; /* of a thousand */
	unsigned least, most;   /* ms of delay */
	unsigned rate;          /* bytes a ms, each way; 0: any */
	size_t queue;           /* bytes that wait for the rate; 0: any */
	bool overtakes;         /* else packets stay in order */
};

struct pair_packet {
	struct list node;
	int64_t at;
	size_t n;
	unsigned to;
	uint8_t b[SCTP_MTU_MOST];
};

struct pair {
	struct sctp ends[2];
	struct sctp_conf conf[2];
	struct pair_wire wire;
	struct pool pool[2];
	int64_t now, last[2], busy[2];
	uint64_t seed, carried[2], lost;
	/* NULL, or whether that packet arrives. */
	bool (*look)(struct pair *p, unsigned to, struct span packet);
	size_t big[2]; /* the largest packet */
	struct list wire_list, free;
	struct pool_slab slabs[2][PAIR_SLABS];
	size_t high; /* packets that were ever used */
	uint8_t *mem[2];
};

/* Both with the same settings, which may be changed until the first step. */
struct pair *pair_new(uint64_t seed, const struct pair_wire *wire);
/* Everything has been given back. */
void pair_free(struct pair *p);

/* Says all that is to be said, then goes on to the next thing that happens: a packet
 * arrives, or somebody is due. False: nothing ever will, or not before end.
 */
bool pair_step(struct pair *p, int64_t end);
/* What both have to say, onto the wire. */
void pair_flush(struct pair *p);

/* All that happens in so many ms. */
void pair_until(struct pair *p, int64_t ms);

/* 20 ms each way, nothing is lost. */
extern const struct pair_wire pair_quick;
/* A pair on it, open for 20 ms. */
struct pair *pair_opened(void);

/* ends[0] hears chunks, in hex, under its tag, or under none if it is an INIT. */
void pair_hear(struct pair *p, const char *hex);

uint32_t pair_rand(struct pair *p, uint32_t below);

#endif
