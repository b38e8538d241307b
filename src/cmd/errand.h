/* errand - a loop for commands that ask others something and end: sockets, names,
 * complaints; nothing is served.
 */
#ifndef NAT_CMD_ERRAND_H
#define NAT_CMD_ERRAND_H

#include "cmd/cmd.h"
#include "net/resolve.h"
#include "os/console.h"
#include "os/signal.h"

enum { ERRAND_HOSTS = 16 };

struct errand;

/* A host and port that others are asked at. */
struct errand_host { /* private to errand.c */
	struct errand *errand;
	struct resolve resolve;
	const char *text;
	uint16_t port;
};

struct errand { /* private to errand.c but for net, loop, diag, leave */
	struct diag diag;
	struct loop loop;
	struct net net;
	struct console console;
	struct signals signals;
	struct errand_host hosts[ERRAND_HOSTS];
	uint32_t waits; /* hosts whose address is not known yet */
	/* What a signal to stop shall do, once, instead of stopping; may be NULL. */
	void (*leave)(struct errand *e);
	/* An address; NULL: all there are have been told. */
	void (*found)(struct errand *e, const struct addr *a);
};

/* 0, or an error that has been said. resolv_conf NULL: the system's. */
MUST_USE int errand_start(struct errand *e, const struct cmd *cmd,
			  const char *resolv_conf);
/* Until somebody quits the loop, or a signal does. 0, or an error that has been said. */
MUST_USE int errand_run(struct errand *e);
void errand_stop(struct errand *e);

/* Looks all of them up: found is told of one address each, of IPv4 if there is
 * one, with its port, from the loop.
 */
void errand_find(struct errand *e, const struct opt_list *hosts,
		 void (*found)(struct errand *e, const struct addr *a));

#endif
