/* reach - private services of other clients, reached from here: an address of
 * this machine for each --visit, or standard input and output.
 */
#ifndef NAT_APP_CLIENT_REACH_H
#define NAT_APP_CLIENT_REACH_H

#include "app/client/call.h"
#include "app/client/client.h"
#include "net/listener.h"
#include "net/stdio.h"

struct reach {
	struct client *client;
	struct listener listener; /* does not run for stdio */
	struct target to;
	char who[sizeof "client /" + 2 * FASTNAT_NAME]; /* in the log */
	struct log_rate trouble;
	uint32_t visitors;          /* there now */
	uint64_t failed;            /* were not joined */
	struct traffic past, tally; /* as of a published port in the relay */
};

struct reaches {
	struct span memory;
	struct reach v[OPT_LIST_MAX + 1];
	uint32_t n;
	struct slots calls, callings;
	uint32_t numbers; /* the last one that a header had, in this session */
	struct stdio stdio;
	int outcome; /* of stdio */
};

/* Listens at every address of the settings, which have no fault. What is wrong is
 * said through d.
 */
MUST_USE int reaches_start(struct client *c, struct diag *d);
void reaches_ready(const struct client *c);
/* Lets nobody in any more; the rest too. */
void reaches_drain(struct client *c);
void reaches_stop(struct client *c);

/* Says trouble with it, at most so often. */
#define reach_trouble(reach, ...) \
	log_seldom((reach)->client->net->log, \
		   log_at(&(reach)->trouble, (reach)->client->net->loop->now), \
		   (reach)->who, __VA_ARGS__)

#endif
