#include "cmd/cmd.h"
#include "crypt/ct.h"
#include "os/console.h"
#include "os/rand.h"

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

static int make_token(void)
{
	uint8_t secret[16];
	char text[2 * sizeof secret + 1];
	struct fmt f = fmt_to(SPAN(text));

	rand_fill(SPAN(secret));
	fmt_hex(&f, bytes_in(SPAN(secret)));
	fmt_put(&f, "\n");
	console_out(fmt_done(&f));
	ct_wipe(secret, sizeof secret);
	ct_wipe(text, sizeof text);
	return 0;
}

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
		return make_token();
	diag_put(&d, "what shall it make? add --token");
	return cmd_usage(&cmd_keygen);
}

static const char about[] = WORDS(
	"A token is 128 random bits as 32 hex digits on stdout. The same\n"
	"token stands in the --token-file of the relay and of its clients.");

static const char *const examples[] = {
	"nat keygen --token",
	"(umask 077; nat keygen --token > token)",
	NULL,
};

const struct cmd cmd_keygen = {
	.name = "keygen",
	.group = "Inspect",
	.what = "Makes secrets that cannot be guessed",
	.about = about,
	.usage = "--token",
	.opts = opts,
	.run = run,
	.examples = examples,
};
