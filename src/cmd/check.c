#include "cmd/conf.h"
#include "os/console.h"
#include "os/mem.h"

/* Room for all of a file with every byte of it quoted, and defaults. */
enum { PRINTED = 8 * CONF_SIZE };

struct check_set {
	const char *config;
	bool show_secrets, help;
};

/* clang-format off */
#define AT(field) offsetof(struct check_set, field)
static const struct opt opts[] = {
	{ 'c', "config", OPT_TEXT, OPT_LINE, AT(config), "FILE", NULL,
	  0, 0, WORDS("The file to check") },
	{ 0, "show-secrets", OPT_FLAG, OPT_LINE, AT(show_secrets), NULL, NULL,
	  0, 0, WORDS("Print tokens too") },
	CMD_HELP(struct check_set),
	OPT_END
};
#undef AT
/* clang-format on */

static int check(const struct check_set *set)
{
	struct diag d = cmd_file_diag(set->config);
	struct conf *conf = conf_new(&d);
	struct fmt f = fmt_to(mem_reserve(PRINTED));
	int rc;

	if (!conf)
		return err_exit(-NAT_EMEMORY);
	rc = conf_read(conf, set->config, &d);
	if (conf_fit(conf) < 0 || rc < 0)
		return err_exit(-NAT_ECONF);
	if (f.to.p)
		conf_print(conf, set->show_secrets, &f);
	if (!f.to.p || f.full)
		return cmd_no_memory(&cmd_check);
	console_out(fmt_done(&f));
	return 0;
}

static int run(int argc, char **argv)
{
	struct check_set set = { .config = NULL };
	struct diag d = cmd_diag(&cmd_check);
	int at = cmd_args(&cmd_check, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_check);
	if (at < argc)
		return cmd_no_arguments(&cmd_check, argv[at]);
	if (set.config)
		return check(&set);
	diag_put(&d, "which file? add -c FILE");
	return cmd_usage(&cmd_check);
}

static const char about[] = WORDS(
	"Reads a config file as nat run does, and says all that is wrong\n"
	"with it at once. A good one is printed as it is in force, defaults\n"
	"included, in its own syntax, and reads back as the same.");

static const char *const examples[] = {
	"nat check -c nat.conf",
	"nat check -c nat.conf --show-secrets",
	NULL,
};

const struct cmd cmd_check = {
	.name = "check",
	.group = "Inspect",
	.what = "Validates a config file and prints the settings in force",
	.about = about,
	.usage = "-c FILE [--show-secrets]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
