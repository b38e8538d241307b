/* answers - what name servers have said, for as long as they said that it holds
 * (RFC 2308 for what is not there), within bounds of ours. The entry that was of
 * no use for longest gives way.
 */
#ifndef NAT_NET_ANSWERS_H
#define NAT_NET_ANSWERS_H

#include "base/list.h"
#include "base/map.h"
#include "base/slot.h"
#include "wire/dns.h"

enum {
	ANSWERS = 128,
	ANSWERS_MAX_S = 3600,   /* at most so long when there are addresses */
	ANSWERS_MAX_NONE_S = 60 /* and when there are none */
};

struct answer {
	struct slot slot;
	struct list used; /* in the order of use */
	struct map_node node;
	int64_t until;
	uint16_t type;
	struct dns_name name;
	struct dns_addrs addrs; /* none: there is no such name or address */
};

struct answers { /* fields are private to answers.c */
	struct slots table;
	struct map map;
	struct list used; /* what was used last is last */
	struct answer entries[ANSWERS];
	struct map_node *buckets[ANSWERS];
};

/* a is zero-filled. */
void answers_init(struct answers *a);

/* NULL: not known, or not any more. Lent until the next call. */
const struct dns_addrs *answers_find(struct answers *a,
				     const struct dns_question *q, int64_t now);

/* Keeps it for ttl seconds at most; 0: not at all. */
void answers_put(struct answers *a, const struct dns_question *q,
		 const struct dns_addrs *addrs, int64_t now, uint32_t ttl);

/* Forgets all: the servers are others. */
void answers_forget(struct answers *a);

#endif
