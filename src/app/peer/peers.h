/* peers - who has said hello: id, key, address, clock, and what was heard last of
 * each. A dead one is remembered a while, so that what it said cannot be said
 * again; where there is no room, the longest dead gives way, and nobody who lives.
 */
#ifndef NAT_APP_PEER_PEERS_H
#define NAT_APP_PEER_PEERS_H

#include "base/list.h"
#include "base/sketch.h"
#include "base/slot.h"
#include "wire/chainkey.h"

enum {
	PEER_KEEP = 15 * 1000, /* ms between keepalives */
	PEER_DEAD = 60 * 1000, /* of silence */
	PEER_FORGET = 120 * 1000,
	PEER_BYTES = 512 /* most of a peer, all tables counted */
};

struct peer {
	struct slot slot;
	struct map_node node;
	struct list idle; /* longest silent first */
	uint8_t id[CHAIN_ID], n[CHAIN_MODULUS];
	struct addr at;
	struct addr lan[CHAIN_LAN];
	int64_t seen;     /* ms on the loop's clock */
	int64_t skew;     /* its clock less ours, ms */
	int64_t hello_ts; /* of its last hello */
	uint64_t window;  /* bit i: top - i was there */
	uint32_t top;     /* highest seq */
	uint32_t run;     /* of its process: other after another start */
	uint8_t nlan;
	uint8_t nat;      /* enum chain_nat, as it says; 0: nothing */
	uint8_t sessions; /* that it began */
	bool mine;        /* we began, and keep it alive */
};

struct peers { /* private to peers.c, but for the tables */
	struct slots rows;
	struct map by_id;
	struct sketch crowd; /* peers of an address */
	struct list idle;
	struct map_seed seed;
	uint32_t address; /* most peers of one */
};

/* The tables have been set up. */
void peers_init(struct peers *ps, uint32_t address,
		const struct map_seed *seed);

/* NULL: never heard of, or forgotten; live: or dead. */
struct peer *peers_find(const struct peers *ps, const uint8_t id[CHAIN_ID]);
struct peer *peers_live(const struct peers *ps, const uint8_t id[CHAIN_ID],
			int64_t now);
bool peer_lives(const struct peer *p, int64_t now);

/* The peer of a hello that is good, m, from an address; unix: our clock, ms. NULL:
 * there is no room.
 */
struct peer *peers_greeted(struct peers *ps, const struct chain *m,
			   const struct addr *from, int64_t now, int64_t unix);

/* Something of it has come. */
void peers_heard(struct peers *ps, struct peer *p, int64_t now);
/* Forgets those silent for long. */
void peers_expire(struct peers *ps, int64_t now);

/* Is m's (seq, ts) one that was not there before? Then it may be noted. */
bool peer_fresh(const struct peer *p, const struct chain *m, int64_t unix);
void peer_note(struct peer *p, uint32_t seq);

#endif
