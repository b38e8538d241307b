/* orders - the commands of a tracker to Redis, and what its keys hold (store.h).
 * Each says whether it could be asked (net/redis.h).
 */
#ifndef NAT_APP_TRACKER_ORDERS_H
#define NAT_APP_TRACKER_ORDERS_H

#include "net/redis.h"
#include "wire/ledger.h"

/* Kinds of what is asked; the first is answered by nothing of use. */
enum { ORDER_WRITE = 1, ORDER_GROUP, ORDER_TRACKERS };

struct orders {
	struct redis *redis;
	int64_t unix;  /* now, s */
	int64_t lasts; /* s that a member is remembered */
	int64_t group; /* most members of one */
};

/* A member as it stands in its group's key: neither group nor time. */
struct bytes order_record(struct span to, const struct ledger *l);

/* A member as it is, in the place of the record that it was (n 0: of none). */
bool order_member(const struct orders *o, const struct ledger *l,
		  struct bytes was);
bool order_forget(const struct orders *o, struct bytes group,
		  struct bytes record);
/* The newest records of a group, each followed by its time. */
bool order_group(const struct orders *o, struct bytes group, uint32_t tag);

/* A tracker that was heard of then, s since 1970; all that there are. */
bool order_tracker(const struct orders *o, struct bytes addr, int64_t heard);
bool order_trackers(const struct orders *o, int64_t lasts, uint32_t most);

#endif
