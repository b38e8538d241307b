#include "cmd/cmd.h"
#include "os/console.h"

struct version_set {
	bool help;
};

/* clang-format off */
static const struct opt opts[] = {
	CMD_HELP(struct version_set),
	OPT_END
};
/* clang-format on */

static int run(int argc, char **argv)
{
	struct version_set set = { false };
	int at = cmd_args(&cmd_version, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_version);
	if (at < argc)
		return cmd_no_arguments(&cmd_version, argv[at]);
	console_out(BYTES(CMD_VERSION "\n"));
	return 0;
}

static const char *const examples[] = { "nat version", NULL };

const struct cmd cmd_version = {
	.name = "version",
	.group = "Inspect",
	.what = "Shows which nat this is",
	.about = "One line, for scripts and for reports of faults.",
	.usage = "",
	.opts = opts,
	.run = run,
	.examples = examples,
};
