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

/* The Makefile says NAT_PARTS: what MODULES lets in, with commas between. */
#define TEXT(...) #__VA_ARGS__
#define TEXT_OF(...) TEXT(__VA_ARGS__)
#define PARTS TEXT_OF(NAT_PARTS)

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
	console_out(sizeof PARTS > 1 ? BYTES(CMD_VERSION " with " PARTS "\n")
				     : BYTES(CMD_VERSION "\n"));
	return 0;
}

static const char *const examples[] = { WORDS("nat version"), NULL };

const struct cmd cmd_version = {
	.name = "version",
	.group = "Inspect",
	.what = "Shows which nat this is, and its parts",
	.about = WORDS("One line, for scripts and for reports of faults. What "
		       "stands behind\n"
		       "\"with\" are the parts that a small build may lack."),
	.usage = "",
	.opts = opts,
	.run = run,
	.examples = examples,
};
