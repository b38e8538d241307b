/* plain - what is different toward a server of the original system: no login,
 * and a header that must go alone, for the original dies of anything behind it.
 */
#ifndef NAT_APP_CLIENT_PLAIN_H
#define NAT_APP_CLIENT_PLAIN_H

#include "app/client/link.h"
#include "app/client/control.h"

MUST_USE int plain_ready(struct control *ctl, const struct fastnat *m);
MUST_USE int plain_visit(struct control *ctl, const struct fastnat *m);

/* The header is on its way: joins the link when the server has surely read it. */
void plain_hold(struct link *l);
/* Something came from the server. */
void plain_look(struct link *l);

#endif
