#include "cmd/passopts.h"
#include "cmd/serve.h"
#include "cmd/tlsopts.h"

struct forward_set {
	struct common common; /* first */
	struct pass_set pass;
};

/* clang-format off */
static const struct opt opts[] = {
	PASS_CLIENT_OPTS(struct forward_set)
	TLS_BELIEF_OPTS
	ROLE_MEMORY_OPTS("32M"),
	ROLE_CONFIG_OPT("Read settings from this file"),
	ROLE_OPTS
};
/* clang-format on */

static int arguments(void *settings, int argc, char **argv, struct diag *d)
{
	struct opt_list *l =
		&((struct forward_set *)settings)->pass.conf.forward;

	for (int i = 0; i < argc; i++) {
		if (l->n == OPT_LIST_MAX) {
			diag_put(d, "more than %d rules", OPT_LIST_MAX);
			return -NAT_EUSAGE;
		}
		l->v[l->n++] = argv[i];
	}
	return 0;
}

static void fit(const struct conf *file, struct section *s, struct diag *d)
{
	struct forward_set *set = s->set;

	(void)file;
	pass_fit(&set->pass, &set->common, d);
	if (!set->pass.conf.server)
		diag_option(d, "natpass", "is needed: which server?");
	if (set->pass.conf.forward.n == 0)
		diag_put(d, "no RULE, such as 2222:box:127.0.0.1:22");
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static struct pass_set *pass_of(const void *settings)
{
	return (struct pass_set *)(uintptr_t) &
	       ((const struct forward_set *)settings)->pass;
}

struct agent *forward_agent(void *settings)
{
	return pass_of(settings)->agent;
}

static size_t descriptors(const void *settings)
{
	return agent_descriptors(&pass_of(settings)->conf);
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct pass_set *pass = pass_of(settings);

	(void)state_dir;
	return agent_start(&pass->agent, net, &pass->conf, d);
}

static void ready(const void *settings)
{
	agent_ready(pass_of(settings)->agent);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	agent_check(pass_of(settings)->agent, &pass_of(fresh)->conf, d);
}

static void reload(void *settings, const void *fresh)
{
	agent_reload(pass_of(settings)->agent, &pass_of(fresh)->conf);
}

static void retry(void *settings, bool sure)
{
	agent_retry(pass_of(settings)->agent, sure);
}

static void drain(void *settings)
{
	agent_drain(pass_of(settings)->agent);
}

static bool busy(const void *settings)
{
	return agent_busy(pass_of(settings)->agent);
}

static void stop(void *settings)
{
	agent_stop(pass_of(settings)->agent);
}

static const struct role role = {
	.size = sizeof(struct forward_set),
	.max_visitors = offsetof(struct forward_set, pass.conf.max_links),
	.running = offsetof(struct forward_set, pass.agent),
	.rereads = { offsetof(struct forward_set, pass.conf.secret_file) },
	.resolves = true,
	.arguments = arguments,
	.fit = fit,
	.keeps_state = keeps_state,
	.descriptors = descriptors,
	.start = start,
	.ready = ready,
	.check = check,
	.reload = reload,
	.retry = retry,
	.drain = drain,
	.busy = busy,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_forward, argc, argv);
}

static const char about[] = WORDS(
	"Listens here and reaches what another client of a natpass server\n"
	"can connect to. A RULE is [udp:][ADDR:]PORT:ID:HOST:PORT: ADDR,\n"
	"127.0.0.1 if left out, and PORT are where it listens, ID is the\n"
	"other client, HOST:PORT what that one connects to, if it allows it.\n"
	"For each RULE it says on stderr when it is ready, with the real\n"
	"port. Trouble of the network never ends it.");

static const char *const examples[] = {
	WORDS("nat forward --natpass 127.0.0.1 --secret-file secret "
	      "2222:box:127.0.0.1:22"),
	WORDS("nat forward --natpass 127.0.0.1 --secret-file secret "
	      "udp:5353:box:192.168.1.1:53"),
	NULL,
};

const struct cmd cmd_forward = {
	.name = "forward",
	.group = "Connect",
	.what = "Reaches what another client of a natpass server can reach",
	.about = about,
	.usage = "[options] --natpass ADDR RULE...",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
