/* A word a line: read again it is the same, and so is its dump, read as a file. */
#include "cmd/role.h"
#include "fuzz.h"
#include "settings.h"

static void check(const struct cmd *cmd, int argc, char **argv)
{
	void *set = settings_new(cmd), *again = settings_new(cmd);
	struct diag d = fuzz_diag();
	int at = opt_args(cmd->opts, set, argc, argv, &d);

	settings_check(cmd, set);
	if (at > 0) {
		assert(opt_args(cmd->opts, again, argc, argv, &d) == at);
		assert(memcmp(set, again, cmd->role->size) == 0);
		opt_wipe(cmd->opts, argc, argv);
	}
	free(set);
	free(again);
}

void fuzz(struct bytes in)
{
	char *text = fuzz_text(in), *argv[40];
	int argc = fuzz_words(text, argv, 40);

	if (argc > 0 && cmd_find(argv[0]))
		check(cmd_find(argv[0]), argc, argv);
	free(text);
}
