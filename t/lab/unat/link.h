/* link - a line that loses, delays, reorders and has a rate: packets wait in it until
 * their time has come. Pure and seeded, as unat.h.
 */
#ifndef NAT_T_LAB_UNAT_LINK_H
#define NAT_T_LAB_UNAT_LINK_H

#include "base/span.h"

enum { LINK_WAITING = 512, LINK_PACKET = 1600 };

struct link_conf {
	uint32_t loss;   /* of 1,000 */
	int64_t delay;   /* ms, of each packet, */
	int64_t reorder; /* and up to so many more, by chance */
	uint64_t rate;   /* bytes a second; 0: any */
	uint64_t seed;   /* not 0 */
};

struct link_packet { /* private to link.c, as the rest is */
	int64_t at;  /* us */
	uint64_t number;
	size_t n; /* 0: no packet */
	int way;
	uint8_t bytes[LINK_PACKET];
};

struct link {
	struct link_conf conf;
	uint64_t chance, count;
	int64_t idle; /* us; when the line has sent all that it was given */
	struct link_packet waiting[LINK_WAITING];
};

void link_init(struct link *l, const struct link_conf *conf);

/* way is given back with it. False: it is lost, or there is no place. */
bool link_put(struct link *l, int64_t now, int way, struct bytes packet);

/* The next one whose time has come, or p NULL; lent until the next link_put. */
struct span link_get(struct link *l, int64_t now, int *way);

/* When to ask again, or -1. */
int64_t link_due(const struct link *l);

#endif
