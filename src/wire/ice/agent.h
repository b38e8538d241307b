/* agent - what an agent of ICE consists of: limits, and fields that are private to the
 * files of wire/ice. 4 KB in all.
 */
#ifndef NAT_WIRE_ICE_AGENT_H
#define NAT_WIRE_ICE_AGENT_H

#include "wire/ice/candidate.h"

enum {
	ICE_BASES = 11,   /* sockets, and addresses on relays */
	ICE_LOCALS = 16,  /* candidates of ours */
	ICE_REMOTES = 16, /* of theirs; later ones are not taken */
	ICE_PAIRS = 32,   /* the best ones */
	ICE_SERVERS = 8,  /* addresses of STUN servers, */
	ICE_QUERIES = 24, /* asked from hosts' bases */
	ICE_ANSWERS = 4,  /* that wait for ice_output */
	ICE_UFRAG = 256,  /* RFC 8839 5.4; ours has 8, */
	ICE_OWN_UFRAG = 8,
	ICE_OWN_PWD = 24, /* of 6 bits each */
	ICE_SEED = 32,
	ICE_MOST = 400,      /* bytes of a datagram of ours */
	ICE_PATIENCE = 39500 /* ms, RFC 8863 */
};

struct ice_local {
	struct addr addr;
	uint32_t priority;
	uint8_t base, type;
	bool told;
};

struct ice_remote {
	struct addr addr;
	uint32_t priority;
	uint16_t ufrag; /* a sum of what the candidate says; 0: nothing */
	uint8_t type;   /* enum ice_type */
	uint8_t gen;    /* of the description it is of; ICE_LATER */
};

struct ice_pair {
	int64_t next;    /* when it is asked, asked again or given up */
	uint32_t serial; /* of the check that is out */
	uint32_t sent, heard, asked; /* ms, low bits: the check that is out,
				      * an answer, a check of theirs */
	uint16_t rtt;                /* ms; 0: not known */
	uint8_t base, remote;
	uint8_t state; /* enum ice_pair_state */
	uint8_t flags;
	uint8_t sends; /* since there was an answer */
};

struct ice_side { /* of one description of each side */
	uint8_t ufrag[ICE_OWN_UFRAG], pwd[ICE_OWN_PWD];
	uint16_t ufrag_n; /* of theirs; 0: not known */
	uint8_t key_n;
	uint8_t key[64]; /* their password, or its hash if that is longer */
	uint8_t theirs[ICE_UFRAG];
};

struct ice_query {
	int64_t next;
	uint32_t serial, sent;
	uint8_t base, server, sends;
	bool answered;
};

struct ice_answer {
	struct addr to;
	uint8_t id[12];
	uint16_t error;   /* 0: none */
	uint16_t unknown; /* of 420 */
	uint8_t base, gen;
};

struct ice_chance {
	uint8_t seed[ICE_SEED];
	uint64_t drawn;
	uint8_t salt[2][8]; /* ids of checks and of queries begin so */
	uint32_t serial;
	uint8_t tie[8];
};

struct ice_times {
	int64_t patience;
	int64_t start;  /* of checking; 0: not yet */
	int64_t fresh;  /* the last candidate that was new */
	int64_t settle; /* when the best pair is nominated; 0: none is valid */
	int64_t pace;   /* no ordinary check before */
};

struct ice_told { /* by events */
	bool gathered, failed;
	uint8_t base, remote, gen; /* the path */
	bool path;
};

struct ice_is {
	bool controlling, lite;
	bool added;   /* all of our bases */
	bool ended;   /* their candidates */
	bool kept;    /* a path of the description before */
	bool settled; /* better pairs have had their time */
};

struct ice {
	struct ice_chance chance;
	struct ice_times times;
	struct ice_told told;
	struct ice_side sides[2]; /* by gen & 1 */
	struct addr servers[ICE_SERVERS];
	struct ice_query queries[ICE_QUERIES];
	struct ice_local locals[ICE_LOCALS];
	struct ice_remote remotes[ICE_REMOTES];
	struct ice_pair pairs[ICE_PAIRS];
	struct ice_answer answers[ICE_ANSWERS];
	uint8_t nservers, nqueries, nlocals, nremotes, npairs, nanswers;
	uint8_t gen, state, reason;
	int8_t favour, chosen; /* pairs: the one nominated, the one in use */
	uint16_t rtt;          /* ms; the least that was seen; 0: not known */
	struct ice_is is;
};

#endif
