#include "cmd/complete.h"
#include "cmd/manual.h"

struct help_set {
	const char *complete;
	bool man, help;
};

/* clang-format off */
#define AT(field) offsetof(struct help_set, field)
static const struct opt opts[] = {
	{ 0, "man", OPT_FLAG, OPT_LINE, AT(man), NULL, NULL,
	  0, 0, WORDS("Write a man page") },
	{ 0, "complete", OPT_TEXT, OPT_LINE, AT(complete), "bash|zsh|fish", NULL,
	  0, 0, WORDS("Write what a shell needs to complete lines") },
	CMD_HELP(struct help_set),
	OPT_END
};
#undef AT
/* clang-format on */

/* What a word is the name of; NULL: said. */
static const struct cmd *subject(const struct help_set *set, const char *word)
{
	const struct cmd *cmd = cmd_find(word);

	if (set->man && !strcmp(word, manual_conf.name))
		return &manual_conf;
	if (!cmd)
		cmd_unknown(word);
	return cmd;
}

static int run(int argc, char **argv)
{
	struct help_set set = { .help = false };
	int at = cmd_args(&cmd_help, &set, argc, argv);
	const struct cmd *about = NULL;

	if (at < 0)
		return err_exit(at);
	if (set.complete)
		return complete_show(set.complete);
	if (at < argc && !(about = subject(&set, argv[at])))
		return err_exit(-NAT_EUSAGE);
	if (set.man)
		return manual_show(about ? about : &cmd_nat);
	if (set.help && !about)
		about = &cmd_help;
	return about ? cmd_show_help(about) : cmd_show_overview();
}

static const char about[] = WORDS(
	"Without a command it shows all of them. With --man it writes what\n"
	"it knows as a man page in mdoc(7): of a command, nat.conf(5) if\n"
	"that stands in its place, and nat(1) without one. With --complete\n"
	"it writes the completion for a shell.");

static const char *const examples[] = {
	"nat help relay",
	"nat help --man relay",
	"nat help --complete bash",
	NULL,
};

const struct cmd cmd_help = {
	.name = "help",
	.group = "Inspect",
	.what = "Shows the commands, or the options of one",
	.about = about,
	.usage = "[--man | --complete SHELL] [COMMAND]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
