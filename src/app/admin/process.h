/* process - what the process tells of itself: what it is made of, not what it is
 * for.
 */
#ifndef NAT_APP_ADMIN_PROCESS_H
#define NAT_APP_ADMIN_PROCESS_H

#include "base/report.h"
#include "net/net.h"

struct process {
	const struct net *net;
	const char *version;
	int64_t since; /* on the loop's clock */
	int most_fds;
};

struct report process_report(struct process *p);

#endif
