/* complete - scripts by which shells complete command lines of nat. All shells
 * read the same rows, one for each command and option; what differs is the code
 * before and behind them that makes use of rows.
 */
#ifndef NAT_CMD_COMPLETE_H
#define NAT_CMD_COMPLETE_H

/* Writes the script for bash, zsh or fish to stdout; says so when the shell is
 * another one. The exit code.
 */
int complete_show(const char *shell);

#endif
