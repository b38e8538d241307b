/* asker - one who asks: a request, an answer, the end; 10 s for all of it.
 *
 * When all slots are taken the oldest gives way that is not being answered; where
 * all are, the newcomer.
 */
#ifndef NAT_APP_ADMIN_ASKER_H
#define NAT_APP_ADMIN_ASKER_H

#include "app/admin/admin.h"
#include "base/slot.h"
#include "net/listener.h"
#include "net/tcp.h"

enum { ASKERS_MOST = 8, ASKER_MS = 10000 };

struct asker {
	struct slot slot;
	struct list node; /* in askers->list */
	struct askers *of;
	struct tcp tcp;
	struct waker waker;
	struct timer limit;
	bool answered; /* the answer has begun; */
	bool over;     /* and is wholly said */
	bool leaves;   /* it takes over: its connection is another's */
	/* What is said next; NULL: nothing but what has been. */
	bool (*print)(struct fmt *f, const struct reports *rs,
		      struct print_at *at);
	struct print_at at;
};

struct askers {
	struct net *net;
	const struct reports *reports;
	struct listener listener; /* may not run */
	bool http;
	struct slots table;
	struct list list;                   /* the oldest first */
	void (*takeover)(void *of, int fd); /* as in struct admin_conf */
	void *of;
	uint8_t mem[ASKERS_MOST][sizeof(struct asker)];
};

void askers_init(struct askers *as, struct net *net,
		 const struct reports *reports, bool http);
/* For as->listener. */
void askers_come(struct listener *l);
/* All of them, and the listener. */
void askers_stop(struct askers *as);

#endif
