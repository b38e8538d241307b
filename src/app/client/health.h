/* health - checks of services by their client (`check`): one that fails so often in a
 * row is withdrawn from the relay, so that others of its group serve, or visitors
 * are refused at once; it is published again as soon as a check is passed. Until the
 * first one is it is not published at all.
 *
 *      state   means                           leaves by
 *      REST    until the next is due           time -> DIAL
 *      DIAL    connecting to the service       tcp: the verdict; http -> TALK
 *      TALK    GET PATH is said                status, or its end: the verdict
 *
 * The verdict brings it back to REST, from DIAL and TALK also when time is up.
 */
#ifndef NAT_APP_CLIENT_HEALTH_H
#define NAT_APP_CLIENT_HEALTH_H

#include "app/client/client.h"

/* Begins to check what is to be checked. -NAT_EMEMORY. */
MUST_USE int health_start(struct client *c);
void health_stop(struct client *c);
/* The settings have changed: all are checked anew, and stay published meanwhile. */
void health_renew(struct client *c);

/* Descriptors that checks take. */
size_t health_descriptors(const struct client_conf *conf);

#endif
