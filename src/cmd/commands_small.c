/* commands of builds without the tracker, and those that go with it. */
#include "cmd/cmd.h"

const struct cmd *const cmds[] = {
	&cmd_check, &cmd_client, &cmd_help,    &cmd_keygen, &cmd_relay,
	&cmd_run,   &cmd_status, &cmd_version, NULL,
};
