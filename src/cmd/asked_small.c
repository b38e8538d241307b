/* asked left out, for small builds; and what nat status says then. */
#include "cmd/asked.h"

bool asked_wanted(const struct common *common)
{
	(void)common;
	return false;
}

int asked_start(struct asked **a, struct net *net, const struct asked_of *of,
		struct diag *d)
{
	unsigned before = d->count;

	(void)net;
	*a = NULL;
	if (of->common->admin)
		diag_option(d, "admin", err_text(-NAT_EABSENT));
	if (of->common->metrics)
		diag_option(d, "metrics", err_text(-NAT_EABSENT));
	return d->count > before ? -NAT_EUSAGE : 0;
}

void asked_about(struct asked *a, const struct serve_what *what)
{
	(void)a, (void)what;
}

const char *asked_socket(const struct asked *a)
{
	(void)a;
	return NULL;
}

void asked_stop(struct asked *a)
{
	(void)a;
}

struct status_set {
	bool help;
};

/* clang-format off */
static const struct opt opts[] = {
	CMD_HELP(struct status_set),
	OPT_END
};
/* clang-format on */

static int run(int argc, char **argv)
{
	struct diag d = cmd_diag(&cmd_status);

	(void)argc, (void)argv;
	diag_put(&d, "%s", err_text(-NAT_EABSENT));
	return err_exit(-NAT_ENOTSUP);
}

static const char *const examples[] = { "nat status", NULL };

const struct cmd cmd_status = {
	.name = "status",
	.group = "Inspect",
	.what = "Not in this build",
	.about = "",
	.usage = "",
	.opts = opts,
	.run = run,
	.examples = examples,
};

int asked_take_over(struct asked *a, struct course *course,
		    const struct settings *now, struct diag *d)
{
	(void)a;
	(void)course;
	(void)now;
	(void)d;
	return 0;
}
