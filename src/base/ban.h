/* ban - keys that have failed too often are turned away for a while. Failures
 * further apart than that while are forgotten. The table is of fixed size: when
 * more keys have failed than there is room for, one that has failed least often
 * is forgotten.
 */
#ifndef NAT_BASE_BAN_H
#define NAT_BASE_BAN_H

#include "base/map.h"

struct ban_row { /* private to ban.c, but for its size */
	int64_t until;
	uint32_t mark, failures;
};

/* after: how many failures ban, 0: none does; time: for how long, ms. */
struct ban_rule {
	uint32_t after;
	int64_t time;
};

struct bans { /* fields are private to ban.c, but for rule */
	struct ban_row *rows;
	uint32_t mask;
	struct ban_rule rule; /* another may be set at any time */
	struct map_seed seed;
};

/* mem: room for n struct ban_row, zero-filled, n a power of two, 4 or more.
 * seed: a random number.
 */
void bans_init(struct bans *b, struct span mem, const struct ban_rule *rule,
	       const struct map_seed *seed);

/* For how many ms from now on the key is banned; 0: it is not. */
int64_t bans_left(const struct bans *b, struct bytes key, int64_t now);

/* True: that was one too many, and a ban begins. */
bool bans_failed(struct bans *b, struct bytes key, int64_t now);
void bans_forgive(struct bans *b, struct bytes key);

#endif
