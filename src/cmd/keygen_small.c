/* keygen without keys and certificates, for small builds. */
#include "cmd/cmd.h"
#include "cmd/newtoken.h"

struct keygen_set {
	bool token, help;
};

/* clang-format off */
static const struct opt opts[] = {
	{ 0, "token", OPT_FLAG, OPT_LINE, offsetof(struct keygen_set, token), NULL,
	  NULL, 0, 0, WORDS("Make a token for relay and clients") },
	CMD_HELP(struct keygen_set),
	OPT_END
};
/* clang-format on */

static int run(int argc, char **argv)
{
	struct keygen_set set = { false, false };
	struct diag d = cmd_diag(&cmd_keygen);
	int at = cmd_args(&cmd_keygen, &set, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (set.help)
		return cmd_show_help(&cmd_keygen);
	if (at < argc)
		return cmd_no_arguments(&cmd_keygen, argv[at]);
	if (set.token)
		return newtoken_print();
	diag_put(&d, "what shall it make? add --token");
	return cmd_usage(&cmd_keygen);
}

static const char *const examples[] = {
	"nat keygen --token",
	"(umask 077; nat keygen --token > token)",
	NULL,
};

const struct cmd cmd_keygen = {
	.name = "keygen",
	.group = "Inspect",
	.what = "Makes secrets that cannot be guessed",
	.about =
		WORDS("A token is 128 random bits as 32 hex digits on stdout."),
	.usage = "--token",
	.opts = opts,
	.run = run,
	.examples = examples,
};
