#include "cmd/serve.h"
#include "os/file.h"

/* clang-format off */
static const struct opt opts[] = {
	ROLE_CONFIG_OPT("File to read, not /etc/config/nat or /etc/nat.conf"),
	ROLE_TAKEOVER_OPT
	ROLE_OPTS
};
/* clang-format on */

static const char *default_path(void)
{
	static const char openwrt[] = "/etc/config/nat";

	return file_exists(openwrt) ? openwrt : "/etc/nat.conf";
}

/* What holds for the process and was not typed is the first section's that has
 * it.
 */
static void adopt(struct common *to, const struct common *from)
{
	if (!to->log)
		to->log = from->log;
	if (!to->state_dir)
		to->state_dir = from->state_dir;
	if (!to->user)
		to->user = from->user;
	if (!to->resolv_conf)
		to->resolv_conf = from->resolv_conf;
	if (!to->admin)
		to->admin = from->admin;
	if (!to->metrics)
		to->metrics = from->metrics;
	if (!to->verbose)
		to->verbose = from->verbose;
	to->log_time = to->log_time || from->log_time;
	to->no_sandbox = to->no_sandbox || from->no_sandbox;
}

static int read_file(const struct source *source, struct conf *conf,
		     struct diag *d, struct settings *to)
{
	int rc = conf_read(conf, source->path, d);
	struct common *common = conf_take(conf, sizeof *common);

	*common = *source->typed;
	*to = (struct settings){ .common = common };
	for (uint32_t i = 0; i < conf->nsections; i++) {
		struct section *s = &conf->sections[i];

		if (!s->enabled)
			continue;
		adopt(common, s->set);
		to->what.v[to->what.n++] = s;
	}
	if (rc < 0 || to->what.n > 0)
		return rc;
	d->line = 0;
	diag_put(d, "no section that is enabled");
	return -NAT_ECONF;
}

static int run_file(const struct source *source)
{
	struct diag d = cmd_file_diag(source->path);
	struct conf *conf = conf_new(&d);
	struct settings first;
	int rc;

	if (!conf)
		return err_exit(-NAT_EMEMORY);
	rc = read_file(source, conf, &d, &first);
	for (unsigned i = 0; i < first.what.n; i++) {
		d.line = first.what.v[i]->line;
		role_take_env(first.what.v[i]->set, &d);
	}
	if (conf_fit(conf) < 0 || rc < 0)
		return err_exit(-NAT_ECONF);
	return serve_sections(source, &first);
}

static int run(int argc, char **argv)
{
	struct common common = { .config = NULL };
	struct source source = { .cmd = &cmd_run,
				 .typed = &common,
				 .read = read_file };
	int at = cmd_args(&cmd_run, &common, argc, argv);

	if (at < 0)
		return err_exit(at);
	if (common.help)
		return cmd_show_help(&cmd_run);
	if (at < argc)
		return cmd_no_arguments(&cmd_run, argv[at]);
	if (!common.config)
		common.config = default_path();
	source.path = common.config;
	return run_file(&source);
}

static const char about[] = WORDS(
	"Serves the sections of a config file, relay and client alike.\n"
	"Without -c it reads /etc/config/nat if that exists, as on OpenWrt,\n"
	"and /etc/nat.conf if not. What the command line says wins over the\n"
	"file.");

static const char *const examples[] = { WORDS("nat run"),
					WORDS("nat run -c nat.conf"), NULL };

const struct cmd cmd_run = {
	.name = "run",
	.group = "Serve",
	.what = "Everything that a config file enables, in one process",
	.about = about,
	.usage = "[-c FILE] [options]",
	.opts = opts,
	.run = run,
	.examples = examples,
};
