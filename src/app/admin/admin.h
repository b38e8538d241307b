/* admin - answers who asks how the process is doing: on a unix socket, for its
 * owner and root, and as metrics over HTTP (docs/decisions/0015-admin.md).
 *
 * On the socket a request is one word and a newline, the answer ends with the
 * connection: "status" and "all" (long tables too) are answered by JSON, "metrics"
 * by text. Who asks has 10 s for all of it.
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
};

struct admin;

/* On failure, what is wrong has been said through d: -NAT_EUSAGE where it is the
 * settings. conf, its texts and what is reported are lent until admin_stop.
 */
MUST_USE int admin_start(struct admin **a, struct net *net,
			 const struct admin_conf *conf,
			 const struct reports *reports, struct diag *d);
void admin_stop(struct admin *a);

#endif
