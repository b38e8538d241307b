/* serve - what relay, client and run share: from settings to a running loop, and
 * back to an exit code.
 */
#ifndef NAT_CMD_SERVE_H
#define NAT_CMD_SERVE_H

#include "cmd/conf.h"
#include "cmd/role.h"

/* A command that serves its one role: from argv, and a file if -c names one. */
int serve_command(const struct cmd *cmd, int argc, char **argv);

/* Serves n sections, fit to start, until a signal ends it; cmd is who says what
 * goes wrong, common what holds for the process. The exit code.
 */
struct serve_what {
	struct section *v[CONF_SECTIONS];
	unsigned n;
};
int serve_sections(const struct cmd *cmd, const struct common *common,
		   const struct serve_what *what);

#endif
