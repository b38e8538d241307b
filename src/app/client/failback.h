/* failback - while a relay further down the list serves, looks now and then
 * whether one before it can be reached again, and moves there.
 */
#ifndef NAT_APP_CLIENT_FAILBACK_H
#define NAT_APP_CLIENT_FAILBACK_H

#include "net/dial.h"

struct client;

struct failback { /* fields are private to failback.c */
	struct dial dial;
	struct timer timer;
	uint32_t at; /* which relay is tried */
	bool dials;
};

void failback_init(struct client *c);
/* The session is up at c->control.relays.now; it is over. */
void failback_begin(struct client *c);
void failback_end(struct client *c);

#endif
