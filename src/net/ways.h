/* ways - those of one peer: a socket at each address of this machine, and addresses
 * on relays, up to two on each. Each has a number, which is its base in ICE.
 *
 *	ways_start(&w, paths, &ask)     what there is comes by ops, later too
 *	ways_look(&w, &first)           addresses may have changed, or all is silent
 *	ways_send(&w, base, &to, b)     then paths_flush
 */
#ifndef NAT_NET_WAYS_H
#define NAT_NET_WAYS_H

#include "base/backoff.h"
#include "net/paths.h"
#include "wire/ice/candidate.h"

enum {
	WAYS_HOSTS = 5,
	WAYS_ALL = WAYS_HOSTS + PATHS_TURN, /* sockets, */
	WAYS_BASES = WAYS_ALL + PATHS_TURN  /* and numbers */
};

struct ways;
struct ways_ops {
	void (*up)(struct ways *w, unsigned base, enum ice_type type,
		   const struct addr *at);
	void (*down)(struct ways *w, unsigned base);
	/* A STUN server may be asked there. */
	void (*stun)(struct ways *w, const struct addr *server);
	/* A candidate of theirs, given to named_ask, has its address now. */
	void (*named)(struct ways *w, const struct candidate *c);
	/* All is known that there is, for now. */
	void (*gathered)(struct ways *w);
	/* data is lent for the call, to be written to. */
	void (*heard)(struct ways *w, unsigned base, const struct addr *from,
		      struct span data);
};

struct relay {
	struct relayed relayed; /* first: its slot */
	struct ways *of;
};

struct ways_name { /* of a STUN server, being resolved */
	struct resolve resolve;
	struct ways *of;
	bool asks, four, six; /* told of that family */
};

struct ways { /* fields are private to ways.c but for paths, first */
	struct paths *paths;
	const struct ways_ops *ops;
	struct addr first; /* see struct ways_ask */
	struct way {
		struct udp udp;
		struct ways *of;
	} hosts[WAYS_HOSTS];
	struct relay *relays[PATHS_TURN];
	int8_t relay_err[PATHS_TURN];    /* why there is none */
	uint8_t relay_tried[PATHS_TURN]; /* how often in vain */
	struct backoff backoff;          /* of those */
	struct timer again;
	struct ways_name names[PATHS_STUN];
	uint8_t names_asked; /* named.h */
	bool told;           /* gathered */
	struct soon tell;
};

struct ways_ask {
	const struct ways_ops *ops;
	struct addr first; /* an address of ours that is good in any case */
	struct addr stun;  /* where settings say nothing; or ADDR_NONE */
};
/* w is all zeros. 0, or why there is no way at all. */
MUST_USE int ways_start(struct ways *w, struct paths *paths,
			const struct ways_ask *ask);
void ways_stop(struct ways *w);

/* Takes new addresses, leaves those that have gone, asks relays that were lost
 * again, and of the others whether they are there. True: something is different.
 */
bool ways_look(struct ways *w, const struct addr *first);

/* Nothing is heard: are the relays there? They are asked; one that is not is lost. */
void ways_doubt(struct ways *w);

/* b is lent until paths_flush, as to is. */
void ways_send(struct ways *w, unsigned base, const struct addr *to,
	       struct bytes b);
/* Much will go there. */
void ways_favour(struct ways *w, unsigned base, const struct addr *to);

/* A question to whoever is on the links of our sockets of that family; group, or NULL,
 * hears there.
 */
void ways_cry(struct ways *w, const struct addr *to, struct bytes b,
	      struct udp *group);

/* What a relay's server was called in settings. */
const char *ways_name(const struct ways *w, unsigned base);

/* Why there are no relays, if any were wanted: ", URI: why" of each. */
void ways_explain(const struct ways *w, struct fmt *f);

#endif
