/* cmd - what a subcommand is, and what all of them do alike: reading their
 * options, saying what is wrong, showing help.
 */
#ifndef NAT_CMD_CMD_H
#define NAT_CMD_CMD_H

#include "base/opt.h"

struct role;

struct cmd {
	const char *name;
	const char *group; /* "Serve", "Connect", "Inspect" for the overview */
	const char *what;  /* one line, no full stop */
	const char *about; /* sentences in lines of help; an empty line parts */
	const char
		*usage; /* "[options] ADDR..."; words in capitals are values */
	const struct opt *opts;
	int (*run)(int argc, char **argv); /* the exit code */
	const char *const *examples;       /* up to a NULL */
	const struct role
		*role; /* what it serves; NULL: it is no section type */
};

#define CMD_NUMBER "0.1.0"
#define CMD_VERSION "nat " CMD_NUMBER
#define CMD_DATED "November 21, 2026" /* as man pages show it */

/* Every command, sorted by name, up to a NULL; the table stands in commands.c. */
extern const struct cmd *const cmds[];

extern const struct cmd cmd_check, cmd_client, cmd_forward, cmd_help, cmd_host,
	cmd_import, cmd_join, cmd_keygen, cmd_map, cmd_members, cmd_peer,
	cmd_relay, cmd_run, cmd_shell, cmd_signal, cmd_status, cmd_stun,
	cmd_tracker, cmd_version;

/* nat itself: no command, but what its overview and nat(1) say. */
extern const struct cmd cmd_nat;

/* NULL when there is none; nothing is said. */
const struct cmd *cmd_find(const char *name);

/* The command that is at most two letters off, or NULL. */
const struct cmd *cmd_nearest(const char *name);

/* Says that there is no such command, and which one may be meant. */
void cmd_unknown(const char *name);

/* Complaints of a command, "nat relay: ...", and of a file, "nat.conf:12: ...". */
struct diag cmd_diag(const struct cmd *cmd);
struct diag cmd_file_diag(const char *path);

/* The row that every table ends with, but for OPT_END. */
#define CMD_HELP(type) \
	{ \
		'h', "help", OPT_FLAG, OPT_LINE, offsetof(type, help), NULL, \
			NULL, 0, 0, WORDS("Show this and exit") \
	}

/* Defaults, then argv, into zeroed settings. The index of the first argument, or
 * -NAT_EUSAGE with everything said.
 */
MUST_USE int cmd_args(const struct cmd *cmd, void *set, int argc, char **argv);

/* Where to read on, after a complaint of usage. The exit code. */
int cmd_usage(const struct cmd *cmd);

/* Says that the system gives none. The exit code. */
int cmd_no_memory(const struct cmd *cmd);

/* The same after the complaint that cmd takes no arguments. */
int cmd_no_arguments(const struct cmd *cmd, const char *argument);

/* The help of one command; of all. The exit code. */
int cmd_show_help(const struct cmd *cmd);
int cmd_show_overview(void);

#endif
