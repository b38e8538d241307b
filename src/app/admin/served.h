/* served - what the listener of metrics has to say, by target: metrics, and unless it
 * was left out, a page for people and what that is made of. Nothing of it changes
 * anything.
 */
#ifndef NAT_APP_ADMIN_SERVED_H
#define NAT_APP_ADMIN_SERVED_H

#include "app/admin/print.h"

struct served {
	const char *target;
	const char *head; /* of the answer; NULL: as of metrics */
	bool (*print)(struct fmt *f, const struct reports *rs,
		      struct print_at *at);
	bool detail;  /* long tables too */
	bool guarded; /* only for who asks this host (request_is_here) */
};

/* NULL: there is no such thing. */
const struct served *served_find(struct bytes target);

/* ---- page.c, which `make page` makes of page.html ---- */

bool page_print(struct fmt *f, const struct reports *rs, struct print_at *at);
/* Of its answer: with a policy that allows its own script and style, and to ask us. */
extern const char page_head[];

#endif
