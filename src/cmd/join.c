#include "app/p2p/p2p.h"
#include "cmd/pathopts.h"
#include "cmd/serve.h"

struct join_set {
	struct common common; /* first */
	struct p2p_conf conf;
	struct join *join;
};

/* clang-format off */
#define AT(field) offsetof(struct join_set, conf.field)
static const struct opt opts[] = {
	{ 's', "signal", OPT_TEXT, OPT_FIXED, AT(signal), "URL", "ws://127.0.0.1:8080",
	  0, 0, WORDS("Signalling server") },
	{ 'i', "id", OPT_TEXT, OPT_FIXED, AT(id), "ID", NULL,
	  0, 0, WORDS("The host's name there") },
	ROLE_TOKEN_OPTS,
	{ 0, "max-links", OPT_UINT, OPT_FIXED, AT(max_links), "N", "1024",
	  1, 65535, WORDS("Most connections at once") },
	PATH_OPTS(struct join_set),
	ROLE_MEMORY_OPTS("64M"),
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
#undef AT
/* clang-format on */

static int arguments(void *settings, int argc, char **argv, struct diag *d)
{
	struct p2p_conf *conf = &((struct join_set *)settings)->conf;

	for (int i = 0; i < argc && conf->nservices < P2P_SERVICES; i++) {
		const char *why = p2p_parse_wanted(
			&conf->services[conf->nservices++], bytes_of(argv[i]));

		if (why)
			diag_put(d, "%.*s %s", 80, argv[i], why);
	}
	return d->count ? -NAT_EUSAGE : 0;
}

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct join_set *set = s->set;

	(void)conf;
	role_fit_token(&set->common, d);
	set->conf.token = set->common.token;
	if (!set->conf.id)
		diag_option(d, "id", "is missing");
	paths_fit(&set->conf.paths, d);
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static size_t descriptors(const void *settings)
{
	const struct p2p_conf *conf =
		&((const struct join_set *)settings)->conf;

	return WAYS_ALL + conf->max_links + P2P_SERVICES + 1;
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct join_set *set = settings;

	(void)state_dir;
	return join_start(&set->join, net, &set->conf, d);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	(void)settings, (void)fresh, (void)d;
}

static void reload(void *settings, const void *fresh)
{
	(void)settings, (void)fresh;
}

static void retry(void *settings, bool sure)
{
	(void)sure;
	join_look(((struct join_set *)settings)->join);
}

static void stop(void *settings)
{
	join_stop(((struct join_set *)settings)->join);
}

static const struct role role = {
	.size = sizeof(struct join_set),
	.max_visitors = offsetof(struct join_set, conf.max_links),
	.running = offsetof(struct join_set, join),
	.resolves = true,
	.arguments = arguments,
	.fit = fit,
	.keeps_state = keeps_state,
	.descriptors = descriptors,
	.start = start,
	.check = check,
	.reload = reload,
	.retry = retry,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_join, argc, argv);
}

static const char *const examples[] = {
	WORDS("nat join --signal ws://127.0.0.1:8080 --id home 2222=ssh"),
	NULL,
};

const struct cmd cmd_join = {
	.name = "join",
	.group = "Connect",
	.what = "Reaches services of a host, directly",
	.about = WORDS("Reaches services of a host, directly."),
	.usage = "[options] SERVICE...",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
