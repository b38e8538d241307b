/* settings - of a command, on the heap so that their ends are watched; and the
 * lines that they are written in.
 */
#ifndef NAT_T_FUZZ_SETTINGS_H
#define NAT_T_FUZZ_SETTINGS_H

#include "base/uci.h"
#include "cmd/cmd.h"

/* The defaults of a command that is a role; free them. */
void *settings_new(const struct cmd *cmd);

/* Their dump, read as a file into defaults, must be the same settings. */
void settings_check(const struct cmd *cmd, const void *set);

/* A line of a file, quoted. */
void settings_put_line(struct fmt *f, const struct uci_line *line);

#endif
