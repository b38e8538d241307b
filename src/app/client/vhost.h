/* vhost - services that are published by a name and not on a port: http. */
#ifndef NAT_APP_CLIENT_VHOST_H
#define NAT_APP_CLIENT_VHOST_H

#include "app/client/entry.h"

/* Adds the name that it asks for, and how it is to be served, to what asks for it;
 * room is lent to m.
 */
void vhost_ask(struct fastnat *m, const struct entry *e, struct span room);
/* Must the relay be told? */
bool vhost_differs(const struct service *a, const struct service *b);
/* Keeps the whole name that the relay has given it. */
void vhost_told(struct entry *e, const struct fastnat *m);

/* "blog.example.net:80/api". False: it has no name. */
bool vhost_print(struct fmt *f, const struct entry *e);

#endif
