/* serve - what relay, client and run share: from settings to a running loop, and
 * back to an exit code.
 */
#ifndef NAT_CMD_SERVE_H
#define NAT_CMD_SERVE_H

#include "cmd/conf.h"
#include "cmd/role.h"

/* A command that serves its one role: from argv, and a file if -c names one. */
int serve_command(const struct cmd *cmd, int argc, char **argv);

struct serve_what {
	struct section *v[CONF_SECTIONS];
	unsigned n;
};

struct settings {                    /* as read once */
	const struct common *common; /* what holds for the process */
	struct serve_what what;
};

/* Where settings come from: at start, and again at each reload. */
struct source {
	const struct cmd *cmd; /* who says what goes wrong */
	const char *path;      /* NULL: there is no file */
	int argc, rest;        /* rest: the first that is no option */
	char **argv;
	struct common *typed; /* what the command line alone makes */
	/* The file and what was typed, not yet made fit, into an empty conf. 0 or
	 * -NAT_ECONF, said through d.
	 */
	int (*read)(const struct source *source, struct conf *conf,
		    struct diag *d, struct settings *to);
};

/* Serves what is fit to start until a signal ends it. The exit code. */
int serve_sections(const struct source *source, const struct settings *first);

#endif
