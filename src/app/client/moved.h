/* moved - while a relay serves, looks now and then whether its name still leads
 * to the address that we are connected to, and follows it if not.
 */
#ifndef NAT_APP_CLIENT_MOVED_H
#define NAT_APP_CLIENT_MOVED_H

#include "net/resolve.h"

struct client;

struct moved { /* fields are private to moved.c */
	struct resolve resolve;
	struct timer timer;
	bool asks, here; /* here: the address was among those heard */
	uint8_t others;  /* looks in a row that heard of others alone */
};

void moved_init(struct client *c);
/* The session is up; it is over. */
void moved_begin(struct client *c);
void moved_end(struct client *c);

#endif
