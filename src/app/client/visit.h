/* visit - a visitor has come to the relay: who serves it. */
#ifndef NAT_APP_CLIENT_VISIT_H
#define NAT_APP_CLIENT_VISIT_H

#include "app/client/control.h"

struct entry;

/* The address in a "from" or "to", if it is one. */
void visit_from(struct addr *a, struct bytes text);

/* For a visitor of e, or of nothing that we know (NULL). */
MUST_USE int visit_of(struct control *ctl, struct entry *e,
		      const struct fastnat *m);
/* One that was told of on a parked connection, which is given to its link, or
 * closed.
 */
struct park;
void visit_parked(struct client *c, const struct fastnat *m, struct park *p);
MUST_USE int visit_start(struct control *ctl, const struct fastnat *m);

#endif
