/* list - which trackers there are: this one, and those that have answered a
 * probe. Who has not answered again for half an hour is forgotten; a full list
 * takes nobody, and one address has at most two places in it.
 */
#ifndef NAT_APP_TRACKER_LIST_H
#define NAT_APP_TRACKER_LIST_H

#include "base/addr.h"

enum {
	LIST_MOST = 64,
	LIST_LASTS = 30 * 60 * 1000 /* ms that one is remembered */
};

struct tracker_row {
	struct addr at;
	int64_t until; /* ms on the loop's clock */
};

struct tracker_list { /* a zeroed one is empty; private to list.c but for n */
	uint32_t n;
	struct tracker_row rows[LIST_MOST];
};

/* It has answered at now; is it new in the list? */
bool list_heard(struct tracker_list *l, const struct addr *at, int64_t now);
void list_expire(struct tracker_list *l, int64_t now);

/* Lines of those that fit whole, first itself. */
void list_print(struct fmt *f, const struct tracker_list *l,
		const struct addr *itself);

#endif
