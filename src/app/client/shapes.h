/* shapes - limits of bandwidth, of a service and of the whole client, from visitors
 * (in) and to them (out). Those of TCP wait, datagrams are lost.
 */
#ifndef NAT_APP_CLIENT_SHAPES_H
#define NAT_APP_CLIENT_SHAPES_H

#include "app/client/link.h"

struct shapes {
	struct span memory;
	struct slots table; /* of struct shaped, two of a link */
	struct shape all[ENTRY_WAYS];
};

/* -NAT_EMEMORY. */
MUST_USE int shapes_start(struct client *c);
void shapes_stop(struct client *c);
/* As the settings say now; for visitors who have come before, if they are limited. */
void shapes_renew(struct client *c);

/* Its pair, which is about to go on, keeps to the limits that there are. */
void shapes_join(struct link *l);
void shapes_leave(struct link *l);

/* May a datagram of n bytes go that way? Then it is counted. */
bool shapes_let(struct client *c, struct entry *e, enum entry_way way,
		size_t n);

#endif
