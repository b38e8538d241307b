/* manual - the man pages, in mdoc(7), written from the tables of commands and
 * options; what no table holds is the list of facts in manual.c.
 */
#ifndef NAT_CMD_MANUAL_H
#define NAT_CMD_MANUAL_H

#include "cmd/cmd.h"

/* Writes a page to stdout: a command's, nat(1) of &cmd_nat, nat.conf(5) of
 * &manual_conf. The exit code.
 */
int manual_show(const struct cmd *page);

/* The config file in the place of a command: what its page says of it. */
extern const struct cmd manual_conf;

#endif
