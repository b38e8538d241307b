/* commands - all of them, sorted by name. */
#include "cmd/cmd.h"

/* clang-format off */
const struct cmd *const cmds[] = {
	&cmd_check,
	&cmd_client,
	ROWS_OF(NAT_NATPASS)(&cmd_forward,)
	&cmd_help,
	ROWS_OF(NAT_PEERS)(&cmd_host,)
	ROWS_OF(NAT_SHELL)(&cmd_import,)
	ROWS_OF(NAT_PEERS)(&cmd_join,)
	&cmd_keygen,
	ROWS_OF(NAT_MAP)(&cmd_map,)
	&cmd_members,
	ROWS_OF(NAT_PEER)(&cmd_peer,)
	&cmd_relay,
	&cmd_run,
	ROWS_OF(NAT_SHELL)(&cmd_shell,)
	ROWS_OF(NAT_SIGNAL)(&cmd_signal,)
	&cmd_status,
	&cmd_stun,
	&cmd_tracker,
	&cmd_version,
	NULL,
};
/* clang-format on */
