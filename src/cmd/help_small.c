/* help without man pages and completion, and without guesses, for small builds. */
#include "cmd/cmd.h"

const struct cmd *cmd_nearest(const char *name)
{
	(void)name;
	return NULL;
}

struct help_set {
	bool help;
};

/* clang-format off */
static const struct opt opts[] = {
	CMD_HELP(struct help_set),
	OPT_END
};
/* clang-format on */

static int run(int argc, char **argv)
{
	struct help_set set = { false };
	int at = cmd_args(&cmd_help, &set, argc, argv);
	const struct cmd *about;

	if (at < 0)
		return err_exit(at);
	if (at == argc)
		return set.help ? cmd_show_help(&cmd_help)
				: cmd_show_overview();
	about = cmd_find(argv[at]);
	if (about)
		return cmd_show_help(about);
	cmd_unknown(argv[at]);
	return err_exit(-NAT_EUSAGE);
}

static const char *const examples[] = { WORDS("nat help"),
					WORDS("nat help relay"), NULL };

const struct cmd cmd_help = {
	.name = "help",
	.group = "Inspect",
	.what = "Shows the commands, or the options of one",
	.about = WORDS("Without a command it shows all of them."),
	.usage = "[COMMAND]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
