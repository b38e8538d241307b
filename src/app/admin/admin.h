/* admin - answers who asks how the process is doing: on a unix socket, for its
 * owner and root, and as metrics over HTTP (docs/decisions/0015-admin.md).
 *
 * On the socket a request is one word and a newline, the answer ends with the
 * connection: "status" and "all" (long tables too) are answered by JSON, "metrics"
 * by text, "takeover" as takeover.h of cmd/ says. Who asks has 10 s for all of it.
 */
#ifndef NAT_APP_ADMIN_ADMIN_H
#define NAT_APP_ADMIN_ADMIN_H

#include "app/admin/print.h"
#include "base/opt.h"
#include "net/net.h"

struct admin_conf {
	const char *path; /* of the socket; NULL: none */
	bool may_lack;    /* trouble with it is said in the log, and no more */
	const char *metrics; /* ADDR, without a host: of loopback; NULL: none */
	/* Who asks "takeover" is this one's from now on, descriptor and all; NULL:
	 * it is no request.
	 */
	void (*takeover)(void *of, int fd);
	void *of;
};

struct admin;

/* On failure, what is wrong has been said through d: -NAT_EUSAGE where it is the
 * settings. conf, its texts and what is reported are lent until admin_stop.
 */
MUST_USE int admin_start(struct admin **a, struct net *net,
			 const struct admin_conf *conf,
			 const struct reports *reports, struct diag *d);
void admin_stop(struct admin *a);

/* Where it listens: the unix socket, metrics; -1: it does not. */
void admin_sockets(const struct admin *a, int fds[2]);
/* They were another's, and the file that it made is ours now. */
void admin_own(struct admin *a);
/* They are a successor's now: nobody is let in any more, and the file stays. */
void admin_leave(struct admin *a);

#endif
