/* commands of builds without those that ask trackers. */
#include "cmd/cmd.h"

const struct cmd *const cmds[] = {
	&cmd_check, &cmd_client, &cmd_help,    &cmd_keygen,  &cmd_relay,
	&cmd_run,   &cmd_status, &cmd_tracker, &cmd_version, NULL,
};
