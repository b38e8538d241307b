/* tally - how many of each kind a key has at the moment: visitors, connections
 * and sessions of an address. A key costs a row as long as it has one of anything,
 * so a table with a row for each thing there may be is never full.
 */
#ifndef NAT_BASE_TALLY_H
#define NAT_BASE_TALLY_H

#include "base/map.h"
#include "base/slot.h"

enum { TALLY_KEY = 16, TALLY_KINDS = 6 };

struct tally_row { /* fields are private to tally.c */
	struct slot slot;
	struct map_node node;
	uint8_t key[TALLY_KEY];
	uint32_t n[TALLY_KINDS];
};

struct tally { /* fields are private to tally.c, but for the first two */
	struct slots rows;    /* of struct tally_row; set up by the owner */
	struct map by_key;    /* likewise */
	struct map_seed seed; /* random: strangers choose the keys */
};

/* 0 too when nothing is known of the key. */
uint32_t tally_of(const struct tally *t, const uint8_t key[TALLY_KEY],
		  unsigned kind);

/* One more; there must be a row left. One less; there must have been one. */
void tally_add(struct tally *t, const uint8_t key[TALLY_KEY], unsigned kind);
void tally_drop(struct tally *t, const uint8_t key[TALLY_KEY], unsigned kind);

#endif
