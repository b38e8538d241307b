/* check and keygen for small builds: what nat run and nat relay do by themselves. */
#include "cmd/cmd.h"

static int run(int argc, char **argv)
{
	struct diag d = cmd_file_diag("nat");

	(void)argc;
	diag_put(&d, "%.*s: %s", 80, argv[0], err_text(-NAT_EABSENT));
	return err_exit(-NAT_EUSAGE);
}

static const struct opt opts[] = { OPT_END };
static const char *const examples[] = { "", NULL };

#define ABSENT(word) \
	{ \
		.name = word, .group = "Inspect", .what = "Not in this build", \
		.about = "", .usage = "", .opts = opts, .run = run, \
		.examples = examples, \
	}

const struct cmd cmd_check = ABSENT("check");
const struct cmd cmd_keygen = ABSENT("keygen");
