/* publish - asks the relay for a port for each entry, and again when refused. */
#ifndef NAT_APP_CLIENT_PUBLISH_H
#define NAT_APP_CLIENT_PUBLISH_H

#include "app/client/control.h"
#include "app/client/entry.h"

void publish_init(struct client *c);
void publish_begin(struct client *c); /* all of them, anew */
void publish_more(struct client *c);  /* as many as there is room for */
void publish_end(struct client *c);
/* It is to be withdrawn for now (down), or published. */
void publish_hold(struct client *c, struct entry *e, bool down);
/* The relay need not keep our ports for a successor. */
void publish_withdraw(struct client *c);

MUST_USE int publish_done(struct control *ctl, const struct fastnat *m);
MUST_USE int publish_refused(struct control *ctl, const struct fastnat *m);

#endif
