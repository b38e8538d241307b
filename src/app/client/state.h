/* state - what a client finds again after a restart: the ports that it was given
 * for services that take any, since visitors know them.
 *
 * In the state directory, for each name a file client-NAME of lines "port SERVICE
 * NUMBER"; what is no such line is passed over. It stays open and locked: a second
 * client of that name keeps nothing. Nothing here is a must: what fails is said
 * once. (The instance is not kept: it tells the relay that flows are gone.)
 */
#ifndef NAT_APP_CLIENT_STATE_H
#define NAT_APP_CLIENT_STATE_H

#include "os/loop.h"

struct client;

struct state {            /* fields are private to state.c */
	int fd;           /* -1: nothing is kept */
	struct span room; /* for all of the file */
	struct soon save;
};

/* When identity and entries are there, whose ports it knows. dir NULL: nowhere. */
void state_open(struct client *c, const char *dir);

/* An entry has another port than before. */
void state_changed(struct client *c);

void state_close(struct client *c);

#endif
