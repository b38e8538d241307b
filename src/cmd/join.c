#include "cmd/p2popts.h"

/* clang-format off */
static const struct opt opts[] = {
	P2P_SIGNAL_OPTS,
	P2P_SERVICE_OPTS("local",
			 WORDS("Listen here for the host's only one, as Ming's client does")),
	{ 0, "stdio", OPT_TEXT, OPT_LINE, P2P_AT(stdio), "NAME", NULL,
	  0, 0, WORDS("Reach that service by standard input and output, and exit") },
	{ 0, "name", OPT_TEXT, OPT_FIXED, P2P_AT(name), "ID", NULL,
	  0, 0, WORDS("Our own id there, if not any") },
	{ 0, "pin", OPT_TEXT, OPT_FIXED, P2P_AT(pin), "PIN", NULL,
	  0, 0, WORDS("The host's certificate, as it says when it is ready") },
	P2P_LIMIT_OPTS
};
/* clang-format on */

static void fit(const struct conf *conf, struct section *s, struct diag *d)
{
	struct p2p_set *set = s->set;

	(void)conf;
	p2p_make_fit(set, P2P_JOIN, d);
	set->common.quiet = set->conf.stdio; /* somebody's connection */
}

static bool keeps_state(const void *settings)
{
	(void)settings;
	return false;
}

static int start(void *settings, struct net *net, const char *state_dir,
		 struct diag *d)
{
	struct p2p_set *set = settings;

	(void)state_dir;
	return join_start(&set->join, net, &set->conf, d);
}

static void check(void *settings, const void *fresh, struct diag *d)
{
	join_check(((struct p2p_set *)settings)->join,
		   &((const struct p2p_set *)fresh)->conf, d);
}

static void reload(void *settings, const void *fresh)
{
	join_reload(((struct p2p_set *)settings)->join,
		    &((const struct p2p_set *)fresh)->conf);
}

static void retry(void *settings, bool sure)
{
	join_retry(((struct p2p_set *)settings)->join, sure);
}

static int outcome(const void *settings)
{
	return join_outcome(((const struct p2p_set *)settings)->join);
}

static void stop(void *settings)
{
	join_stop(((struct p2p_set *)settings)->join);
}

static const struct role role = {
	.size = sizeof(struct p2p_set),
	.max_visitors = P2P_AT(max_links),
	.running = offsetof(struct p2p_set, join),
	.resolves = true,
	.arguments = p2p_arguments,
	.fit = fit,
	.keeps_state = keeps_state,
	.descriptors = p2p_descriptors,
	.start = start,
	.check = check,
	.reload = reload,
	.retry = retry,
	.outcome = outcome,
	.stop = stop,
};

static int run(int argc, char **argv)
{
	return serve_command(&cmd_join, argc, argv);
}

static const char about[] =
	WORDS("Reaches services of a host, directly. A SERVICE is\n"
	      "[udp:][HOST:]PORT=NAME: HOST, 127.0.0.1 if left out, and PORT "
	      "are where\n"
	      "it listens, NAME is the service; empty, the host's first.");

static const char *const examples[] = {
	WORDS("nat join --signal ws://127.0.0.1:8080 --id home 2222=ssh "
	      "udp:5353=dns"),
	WORDS("nat join --signal ws://127.0.0.1:8080 --id game "
	      "--local 127.0.0.1:25565 --protocol udp"),
	NULL,
};

const struct cmd cmd_join = {
	.name = "join",
	.group = "Connect",
	.what = "Reaches services of a host, directly",
	.about = about,
	.usage = "[options] SERVICE...",
	.opts = opts,
	.run = run,
	.examples = examples,
	.role = &role,
};
