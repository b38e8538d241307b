/* seek - introducers that no option names: trackers tell addresses, and introducers
 * tell of each other. Who tells is not believed: an address counts when somebody
 * there says a hello whose id is trusted, or proves the group's key, and that it is
 * public. So a liar costs five datagrams to where it points, and nothing else.
 */
#ifndef NAT_APP_PEER_SEEK_H
#define NAT_APP_PEER_SEEK_H

#include "wire/showchain.h"

enum {
	SEEK_ENOUGH = 3,     /* introducers; no more are looked for */
	SEEK_TRYING = 8,     /* addresses at once */
	SEEK_TRIED = 64,     /* that were of no use, remembered */
	SEEK_PUBLICS = 32,   /* others that introduce, to be told of */
	SEEK_AGAIN = 25000,  /* ms until others are asked again; doubled, */
	SEEK_SELDOM = 600000 /* at most so */
};

struct seek_tried {
	struct addr at;
	int64_t until; /* ms */
};

struct seek { /* private to seek.c */
	int64_t next, wait;
	int64_t until;     /* an answer counts, */
	struct addr asked; /* of this one */
	unsigned turn;     /* whose it is to be asked */
	unsigned ntried;
	struct seek_tried tried[SEEK_TRIED];
	uint8_t publics[SEEK_PUBLICS][CHAIN_ID];
};

#endif
